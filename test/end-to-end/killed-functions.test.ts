import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDynamoDb } from "../../packages/local/dynamodb/server.ts";
import { type Standdown, startStanddown, until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { clientOf, jobsThrough } from "../support/end-to-end/end-to-end-client.ts";
import { startFaultyProxy } from "../support/stack/faulty-proxy.ts";

const dynamodb = await startDynamoDb();
const table = await startFaultyProxy(dynamodb.endpoint, () => killFunctions());
let standdown: Standdown;
beforeAll(async () => {
  standdown = await startStanddown({
    settings: { STANDDOWN_DYNAMODB_ENDPOINT: table.endpoint, STANDDOWN_BACKGROUND: "0" },
  });
});
afterAll(async () => {
  await standdown?.stop();
  table.stop();
  await dynamodb.stop();
});

const projectId = "b02ce40e8cb84a8e980fdb11fac657db";
let killed = 0;

/** SIGKILL for every function of this runner, as Lambda does to one that runs out of time or memory. */
const killFunctions = (): void => {
  const lines = execFileSync("ps", ["-e", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const processes = lines.map((line) => {
    const [, pid = "", parent = "", args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid, parent, args };
  });
  const descends = (pid: string): boolean => {
    const parent = processes.find((one) => one.pid === pid)?.parent;
    return parent !== undefined && (parent === String(standdown.facts.pid) || descends(parent));
  };
  for (const { pid, args } of processes)
    if (!args.startsWith("sh ") && args.includes("runtime-client") && descends(pid)) {
      process.kill(Number(pid), "SIGKILL");
      killed++;
    }
};

const idsOf = async (uid: string): Promise<readonly string[]> => {
  const log = await readFile(path.join(standdown.data, "logs/events.log"), "utf8").catch(() => "");
  const details = log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).detail);
  return details.filter(({ subject }) => subject === uid).map(({ id }) => id);
};

test("a function that is killed between claim and stop loses nothing: the sweep takes over", async () => {
  const send = clientOf(standdown.facts.http);
  const jobs = jobsThrough(send);
  const aws = awsOf(standdown);
  const { uid, jobId } = await jobs.register({ service: "dli", scope: { projectId } });

  killed = 0;
  table.nextOf("UpdateItem", "lose-answer");
  const answer = await send("DELETE", `/v1.0/${projectId}/jobs/${jobId}`);
  expect([killed > 0, answer.status >= 500]).toEqual([true, true]);
  // The functions that were idle were killed as well, which the runner sees a moment later.
  const receipt = await until(
    () => jobs.receipt(uid),
    ({ outcome }) => outcome !== undefined,
    5_000,
  );
  expect(receipt).toMatchObject({ outcome: "stopping", repeats: 0 });
  expect(await idsOf(uid)).toEqual([]);

  // It is due a second after the claim.
  const swept = await until(
    () => aws.invoke("reconcile-cancellations"),
    ({ checked }) => checked === 1,
    5_000,
  );
  expect(swept).toMatchObject({ failed: 0 });
  expect(await idsOf(uid)).toEqual([`${uid}/requested`]);
  // The client asks again, the worker hears of it and stops: still one cancellation.
  expect((await send("DELETE", `/v1.0/${projectId}/jobs/${jobId}`)).status).toBe(200);
  expect((await send("POST", `/jobs/${uid}/heartbeat`, { body: {} })).text).toContain('"cancel":{');
  expect((await send("POST", `/jobs/${uid}/finish`, { body: { outcome: "cancelled" } })).status).toBe(200);
  await aws.invoke("reconcile-cancellations");
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", assurance: "acknowledged", repeats: 1 });
  expect(await idsOf(uid)).toEqual([`${uid}/requested`, `${uid}/stopped`]);
  aws.stop();
});

test("a reconcile that is killed after it published publishes again under the same id, and then no more", async () => {
  const send = clientOf(standdown.facts.http);
  const jobs = jobsThrough(send);
  const aws = awsOf(standdown);
  const { uid, jobId } = await jobs.register({ service: "dli", scope: { projectId }, state: "queued" });
  expect((await send("DELETE", `/v1.0/${projectId}/jobs/${jobId}`)).status).toBe(200);

  killed = 0;
  table.nextOf("UpdateItem", "drop");
  await expect(aws.invoke("reconcile-cancellations")).rejects.toThrow();
  expect(killed).toBeGreaterThan(0);
  const both = [`${uid}/requested`, `${uid}/stopped`];
  expect(await idsOf(uid)).toEqual(both);

  await aws.invoke("reconcile-cancellations");
  expect(await idsOf(uid)).toEqual([...both, ...both]);
  await aws.invoke("reconcile-cancellations");
  expect(await idsOf(uid)).toEqual([...both, ...both]);
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", evidence: { kind: "never-started" } });
  aws.stop();
});
