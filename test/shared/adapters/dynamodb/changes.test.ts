import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AwsCall } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import type { Change } from "../../../../shared/domain/change.ts";
import { decideFinish } from "../../../../shared/domain/decide-report.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../../../shared/domain/job-key.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { standingJobs } from "../../../support/stack/standing-jobs.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const { changed, registered, stopping, stopped, registeredAgain } = standingJobs(() => table.jobs);

const toJobItem = async ({ uid }: Job, sk = "current") => {
  const Key = { pk: { S: uidToKey(uid) }, sk: { S: sk } };
  const { Item } = await table.call("GetItem", { TableName: table.table, Key, ConsistentRead: true });
  return Item as Record<string, Record<string, unknown>>;
};

const whileStopping = { when: { states: ["stopping"] } } as const;

describe("one incarnation", () => {
  test("is changed where it stands: as the newest, and as one whose place another has taken", async () => {
    const first = await stopped();
    const change: Change = { when: { states: ["cancelled"] }, repeat: true };
    expect(await changed(first, change)).toMatchObject({ cancellation: { repeats: 1 } });
    const second = await registeredAgain(first);
    expect(await changed(first, change)).toMatchObject({ uid: first.uid, cancellation: { repeats: 2 } });
    expect(await table.jobs.get(first.uid)).toMatchObject({ cancellation: { repeats: 2 } });
    expect(await table.jobs.get(second.uid)).toEqual(second);
  });

  test("is not changed in place of another, though that one would fit", async () => {
    const second = await registeredAgain(await stopped());
    const stranger = jobUid(now + 77, uidToKey(second.uid));
    const written = await table.jobs.changeIncarnation(stranger, { when: { states: ["running"] }, due: "no-more" });
    expect(written).toEqual({ applied: false, job: undefined });
    expect(await table.jobs.get(second.uid)).toEqual(second);
  });

  test("that changed while its place was being taken keeps that change: nothing is told twice", async () => {
    const first = await stopped();
    const second = { ...first, uid: jobUid(now + 10, uidToKey(first.uid)), state: "running" as const };
    let tries = 0;
    const call: AwsCall = async (operation, input) => {
      if (operation === "TransactWriteItems" && tries++ === 0)
        await changed(first, { when: { states: ["cancelled"] }, announced: ["requested", "stopped"], due: "no-more" });
      return table.call(operation, input);
    };
    const store = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
    expect(await store.register(second, "second")).toMatchObject({ registered: true, job: { uid: second.uid } });
    expect(tries).toBe(2);
    const { outbox: _, dueAt: __, ...told } = first;
    expect(await table.jobs.get(first.uid)).toEqual(told);
  });
});

describe("the outbox", () => {
  test("holds each announcement once, however often it is made", async () => {
    const job = await stopping();
    expect(job.outbox).toEqual(["requested"]);
    const twice = await changed(job, { ...whileStopping, announce: ["requested", "not-stopped"] });
    expect(twice.outbox?.toSorted()).toEqual(["not-stopped", "requested"]);
  });

  test("gives up what was told, and is gone with the last of it", async () => {
    const job = await stopped();
    expect(job.outbox?.toSorted()).toEqual(["requested", "stopped"]);
    const when = { states: ["cancelled"] } as const;
    expect(await changed(job, { when, announced: ["requested", "not-stopped"] })).toMatchObject({
      outbox: ["stopped"],
    });
    expect(await changed(job, { when, announced: ["stopped"] })).not.toHaveProperty("outbox");
    expect(await toJobItem(job)).not.toHaveProperty("outbox");
    expect(await changed(job, { when, announced: ["stopped"] })).not.toHaveProperty("outbox");
  });

  test("lets what it holds be told once, whoever comes to tell it", async () => {
    const job = await stopped();
    const told: Change = {
      when: { states: ["cancelled"], outbox: ["requested", "stopped"] },
      announced: ["requested", "stopped"],
    };
    const tries = await Promise.all(Array.from({ length: 10 }, () => table.jobs.changeIncarnation(job.uid, told)));
    expect(tries.filter(({ applied }) => applied)).toHaveLength(1);
    const other = await stopping();
    expect(
      await table.jobs.changeIncarnation(other.uid, { ...told, when: { ...told.when, states: ["stopping"] } }),
    ).toEqual({
      applied: false,
      job: other,
    });
  });
});

describe("the due queues", () => {
  const instanceOrWorkspace = async (job: Job) => {
    const { dueKey, dueAt } = await toJobItem(job);
    return dueKey && dueAt ? [String(dueKey.S).replace(/#\d$/, ""), Number(dueAt.N)] : [dueKey, dueAt];
  };

  test("have a running job on cleanup, and from the claim on on reconcile", async () => {
    const job = await registered();
    expect(await instanceOrWorkspace(job)).toEqual(["cleanup", now + 120_000]);
    const claimed = await stopping();
    expect(await instanceOrWorkspace(claimed)).toEqual(["reconcile", now + 1000]);
    expect(claimed.dueAt).toBe(now + 1000);
  });

  test.each(["cleanup", "reconcile"] as const)("take a job onto %s, and from there no more", async (on) => {
    const job = await registered();
    const when = { states: ["running"] } as const;
    expect(await changed(job, { when, due: { on, at: now + 7 } })).toMatchObject({ dueAt: now + 7 });
    expect(await instanceOrWorkspace(job)).toEqual([on, now + 7]);
    expect(await changed(job, { when, due: "no-more" })).not.toHaveProperty("dueAt");
    expect(await instanceOrWorkspace(job)).toEqual([undefined, undefined]);
  });

  test("have none of a job that ended uncancelled, and of one that did until it is said", async () => {
    const ended = await registered();
    await changed(ended, decideFinish(ended, { outcome: "succeeded" }, "worker-1", now + 5).change);
    expect(await instanceOrWorkspace(ended)).toEqual([undefined, undefined]);
    const cancelled = await stopped();
    expect(await instanceOrWorkspace(cancelled)).toEqual(["reconcile", now + 5]);
    const second = await registeredAgain(cancelled);
    const { jobs } = await table.dueQueue.due("reconcile", now + 5, 1000);
    expect(jobs).toContainEqual(cancelled);
    await changed(cancelled, { when: { states: ["cancelled"] }, due: "no-more" });
    expect(await toJobItem(cancelled, cancelled.uid)).not.toHaveProperty("dueKey");
    expect(await instanceOrWorkspace(second)).toEqual(["cleanup", expect.any(Number)]);
  });

  test("have a job that was never started for its events alone", async () => {
    const job = await registered({ state: "queued" });
    expect(await instanceOrWorkspace(job)).toEqual([undefined, undefined]);
    const set = { state: "cancelled", endedAt: now } as const;
    await changed(job, { when: { states: ["queued"] }, set, due: { on: "reconcile", at: now } });
    expect(await instanceOrWorkspace(job)).toEqual(["reconcile", now]);
    expect(await toJobItem(job)).not.toHaveProperty("activeKey");
  });
});

describe("the escalation", () => {
  const escalationStep = (from: number): Change => ({
    when: { states: ["stopping"], escalationStep: from },
    escalation: { step: from + 1, deadline: now + 1000 * from },
    step: { at: now, step: `step ${from + 1}` },
  });

  test("goes one step at a time, each once", async () => {
    const job = await stopping();
    const climb = async (from: number) => (await table.jobs.changeIncarnation(job.uid, escalationStep(from))).applied;
    expect(await climb(1)).toBe(false);
    const tries = await Promise.all(Array.from({ length: 10 }, () => climb(0)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await climb(0)).toBe(false);
    expect(await climb(2)).toBe(false);
    expect(await climb(1)).toBe(true);
    const { cancellation } = (await table.jobs.get(job.uid)) ?? {};
    expect(cancellation?.escalation).toEqual({ step: 2, deadline: now + 1000 });
    expect(cancellation?.steps.map(({ step }) => step)).toEqual(["stop-requested", "step 1", "step 2"]);
  });

  const flag: Change = {
    when: { states: ["stopping"], outcome: "stopping" },
    conclude: { outcome: "not-stopped" },
    step: { at: now + 1, step: "not-stopped" },
    announce: ["not-stopped"],
  };

  test("ends with a flag, once, that is no evidence and takes none of the residue", async () => {
    const job = await stopping();
    const { cancellation } = await changed(job, flag);
    expect(cancellation).toMatchObject({ outcome: "not-stopped", residue: ["half a table"] });
    expect(cancellation).not.toHaveProperty("evidence");
    const again = await table.jobs.changeIncarnation(job.uid, flag);
    expect(again).toMatchObject({ applied: false, job: { cancellation } });
  });

  test("lets evidence that comes later take the flag back, and keeps the step", async () => {
    const flagged = await changed(await stopping(), flag);
    const { state, cancellation } = await changed(
      flagged,
      decideFinish(flagged, { outcome: "failed" }, "worker-1", now + 9).change,
    );
    expect(state).toBe("cancelled");
    expect(cancellation).toMatchObject({ outcome: "stopped", evidence: { kind: "worker-acknowledged", at: now + 9 } });
    expect(cancellation?.steps.map(({ step }) => step)).toEqual([
      "stop-requested",
      "not-stopped",
      "worker-acknowledged",
    ]);
  });

  test("is not climbed by a job that nobody told to stop", async () => {
    const job = aJob();
    await table.jobs.register(job, job.uid);
    const guarded: Change = { when: { states: ["running"], outcome: "stopping" }, due: "no-more" };
    expect(await table.jobs.changeIncarnation(job.uid, guarded)).toEqual({ applied: false, job });
  });
});
