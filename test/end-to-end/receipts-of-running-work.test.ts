import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../support/end-to-end/end-to-end.ts";
import { jsonOf, token } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send, jobs } = useStanddown();
const scope = { projectId: "b02ce40e8cb84a8e980fdb11fac657db" };
const leaseSeconds = 1;
const job = { service: "dli", scope, heartbeatTimeoutSeconds: leaseSeconds, graceSeconds: 1 };

interface Line {
  readonly at: number;
  readonly what: string;
}

interface Receipt {
  readonly outcome: string;
  readonly assurance: string | null;
  readonly verified: boolean;
  readonly requestedAt: string;
  readonly evidence: { readonly kind: string; readonly at: string } | null;
  readonly timeToStopMs: number | null;
  readonly residue: readonly string[] | null;
  readonly contradictions: readonly { readonly what: string }[];
}

const workers: ChildProcess[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill("SIGKILL");
});

let serial = 0;

/** Starts work in a process of its own, and gives what it has written so far. */
const startWork = async (name: string, more: object = {}) => {
  const log = path.join(standdown().data, `work-${++serial}.log`);
  const jobId = `truth-${serial}`;
  const script = path.join(import.meta.dirname, "../support/end-to-end/truth-worker.ts");
  const registration = JSON.stringify({ ...job, jobId, ...more });
  const worker = spawn(process.execPath, [script, name, standdown().facts.http, token, log, registration], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  workers.push(worker);
  const ended = once(worker, "exit");
  const lines = (): readonly Line[] =>
    (existsSync(log) ? readFileSync(log, "utf8") : "")
      .split("\n")
      .filter(Boolean)
      .map((line) => ({ at: Number.parseInt(line, 10), what: line.slice(line.indexOf(" ") + 1) }));
  const parts = () => lines().filter(({ what }) => what === "part");
  const written = async (start: string): Promise<string> => {
    const seen = await until(
      async () => lines().find(({ what }) => what.startsWith(start)),
      (line) => line !== undefined,
      10_000,
    );
    return seen?.what.slice(start.length + 1) ?? "";
  };
  const release = () => writeFileSync(`${log}.released`, "");
  return { worker, ended, jobId, lines, parts, written, release };
};

const cancel = (jobId: string) => send("DELETE", `/v1.0/${scope.projectId}/jobs/${jobId}`);
const receiptOf = async (uid: string): Promise<Receipt> => jsonOf(await send("GET", `/jobs/${uid}/receipt`));
const concluded = (uid: string) =>
  until(
    () => receiptOf(uid),
    ({ outcome }) => outcome !== "stopping",
    10_000,
  );

/** What the native API says of the job. */
const statusOf = async (jobId: string) =>
  jsonOf<{ status: string }>(await send("GET", `/v1.0/${scope.projectId}/jobs/${jobId}/status`)).status;

describe("a receipt of work that the worker says has ended", () => {
  test("is the worker's word, since what a shell has started may go on", async () => {
    const { ended, jobId, parts, written } = await startWork("child of a shell", { heartbeatTimeoutSeconds: 5 });
    const uid = await written("began");
    const shell = Number(await written("shell"));
    try {
      await cancel(jobId);
      const receipt = await concluded(uid);
      expect(receipt).toMatchObject({ outcome: "stopped", assurance: "acknowledged", verified: false });
      await ended;
      const before = parts().length;
      await until(
        async () => parts().length,
        (now) => now > before + 2,
        5_000,
      );
      expect((await receiptOf(uid)).verified).toBe(false);
    } finally {
      process.kill(shell, "SIGKILL");
    }
  });

  test("comes after the last of a group that the client started", async () => {
    const { ended, jobId, parts, written } = await startWork("child in a group", { heartbeatTimeoutSeconds: 5 });
    const uid = await written("began");
    await written("part");
    await cancel(jobId);
    const { evidence, ...receipt } = await concluded(uid);
    expect(receipt).toMatchObject({ outcome: "stopped", assurance: "acknowledged", verified: false });
    await ended;
    expect(parts().filter(({ at }) => at > Date.parse(evidence?.at ?? ""))).toEqual([]);
  });

  test("is no success where a loop just returned", async () => {
    const { ended, jobId, parts, lines, written } = await startWork("early return");
    const uid = await written("began");
    await written("part");
    await cancel(jobId);
    expect(await concluded(uid)).toMatchObject({ outcome: "stopped", assurance: "acknowledged", verified: false });
    await ended;
    expect(parts().length).toBeLessThan(400);
    expect(lines().at(-1)?.what).toBe("ended cancelled cancelled");
    expect(await statusOf(jobId)).toBe("CANCELLED");
  });
});

describe("a receipt of work that is not heard", () => {
  const presumed = { outcome: "stopped", assurance: "presumed", verified: false, timeToStopMs: null, residue: null };

  test("is not written before a blocked worker had a lease to hear of the cancel", async () => {
    const { ended, jobId, parts, written, release } = await startWork("blocked");
    const uid = await written("began");
    // Its lease is over before the cancel comes.
    await pause(leaseSeconds * 1_000 + 100);
    expect((await cancel(jobId)).status).toBe(200);
    expect((await receiptOf(uid)).outcome).toBe("stopping");
    const { requestedAt, evidence, ...receipt } = await concluded(uid);
    expect(receipt).toMatchObject(presumed);
    expect(Date.parse(evidence?.at ?? "") - Date.parse(requestedAt)).toBeGreaterThanOrEqual(leaseSeconds * 1_000);

    release();
    await ended;
    expect(parts()).toHaveLength(1);
    expect(await receiptOf(uid)).toMatchObject({ outcome: "stopped", verified: false });
  });

  test("is not made untrue by a worker that was asleep: it does no part after waking", async () => {
    const { worker, ended, jobId, parts, written } = await startWork("loop");
    const uid = await written("began");
    await written("part");
    worker.kill("SIGSTOP");
    await cancel(jobId);
    expect(await concluded(uid)).toMatchObject(presumed);
    const before = parts().length;
    worker.kill("SIGCONT");
    await ended;
    expect(parts().length).toBe(before);
    expect((await receiptOf(uid)).verified).toBe(false);
  });

  test("says so when a worker that was presumed to have stopped reports that it went on", async () => {
    const { worker, ended, jobId, written } = await startWork("silent");
    const uid = await written("began");
    await cancel(jobId);
    expect(await concluded(uid)).toMatchObject({ ...presumed, contradictions: [] });
    worker.kill("SIGUSR2");
    expect(await written("finish")).toBe("409");
    await ended;
    const { contradictions, ...receipt } = await receiptOf(uid);
    expect(receipt).toMatchObject({ outcome: "stopped", assurance: "contradicted", verified: false, residue: null });
    expect(contradictions).toEqual([expect.objectContaining({ what: expect.stringContaining("succeeded") })]);
  });
});

test("the work of a queued job that was cancelled is never called, and its refused start is seen", async () => {
  const queued = { state: "queued", jobId: "truth-queued" };
  const { uid } = await jobs.register({ ...job, ...queued });
  await cancel(queued.jobId);
  expect(await receiptOf(uid)).toMatchObject({ assurance: "never-started", verified: false });
  expect((await send("POST", `/jobs/${uid}/heartbeat`, { body: { state: "running" } })).status).toBe(409);
  expect(await receiptOf(uid)).toMatchObject({
    outcome: "stopped",
    assurance: "observed",
    verified: true,
    evidence: { kind: "start-refused" },
  });
});
