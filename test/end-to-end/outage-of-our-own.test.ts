import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { newDirectory, startStanddown } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { clientOf, jobsThrough, jsonOf } from "../support/end-to-end/end-to-end-client.ts";

const leaseSeconds = 1;
const registration = {
  service: "dli",
  scope: { projectId: "b02ce40e8cb84a8e980fdb11fac657db" },
  heartbeatTimeoutSeconds: leaseSeconds,
};

const alive = expect.objectContaining({ state: "running", cancel: null });

test("jobs whose workers could not be heard, since Standdown was down, live on", async () => {
  const data = await newDirectory();
  const options = { data, settings: { STANDDOWN_BACKGROUND: "0" } };
  let standdown = await startStanddown(options);
  const cleanup = async () => {
    const aws = awsOf(standdown);
    const summary = await aws.invoke("cleanup-stale-jobs");
    aws.stop();
    return summary;
  };
  try {
    const send = clientOf(standdown.facts.http);
    const uids: string[] = [];
    for (let job = 0; job < 5; job++) uids.push((await jobsThrough(send).register(registration)).uid);
    const heartbeats = async (to: typeof send) =>
      Promise.all(
        uids.map(async (uid) => jsonOf<{ cancel: object | null }>(await to("POST", `/jobs/${uid}/heartbeat`))),
      );
    expect(await heartbeats(send)).toEqual(Array(5).fill(alive));
    // The last that is known of Standdown is that it was up and had just heard them.
    await cleanup();

    await standdown.end("SIGTERM");
    await pause(3 * leaseSeconds * 1_000);
    standdown = await startStanddown(options);

    await cleanup();
    expect(await heartbeats(clientOf(standdown.facts.http))).toEqual(Array(5).fill(alive));
  } finally {
    await standdown.stop();
    await rm(data, { recursive: true, force: true });
  }
});
