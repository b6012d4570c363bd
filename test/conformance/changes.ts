import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../shared/domain/change.ts";
import { decideFinish } from "../../shared/domain/decide-report.ts";
import { jobUid, uidToKey } from "../../shared/domain/job-key.ts";
import { aJob, now } from "../support/stack/jobs.ts";
import { standingJobs } from "../support/stack/standing-jobs.ts";
import type { OpenedStore, OpenStore } from "./opened-store.ts";

const whileStopping = { when: { states: ["stopping"] } } as const;

/** Holds a job store to what it makes of a change: conditions, the outbox, escalation and the due queues. */
export const describeChanges = (name: string, open: OpenStore): void => {
  describe(`changes in the job store ${name}`, () => {
    let table: OpenedStore;
    beforeAll(async () => {
      table = await open();
    });
    afterAll(() => table.stop());

    const { changed, registered, stopping, stopped, registeredAgain } = standingJobs(() => table.jobs);

    describe("a due queue", () => {
      const dueOn = async (queueName: "cleanup" | "reconcile", uid: string, at: number) =>
        (await table.dueQueue.due(queueName, at, 10_000)).jobs.some((job) => job.uid === uid);

      test.each(["cleanup", "reconcile"] as const)(
        "takes a job onto %s at a time, and from there no more",
        async (on) => {
          const job = await registered();
          const when = { states: ["running"] } as const;
          expect(await changed(job, { when, due: { on, at: now + 7 } })).toMatchObject({ dueAt: now + 7 });
          expect([await dueOn(on, job.uid, now + 6), await dueOn(on, job.uid, now + 7)]).toEqual([false, true]);
          expect(await changed(job, { when, due: "no-more" })).not.toHaveProperty("dueAt");
          expect(await dueOn(on, job.uid, now + 1e9)).toBe(false);
        },
      );

      test("has none of a job that ended, unless something is to be told of it", async () => {
        const ended = await registered();
        await changed(ended, decideFinish(ended, { outcome: "succeeded" }, "worker-1", now + 5).change);
        const cancelled = await stopped();
        expect(await dueOn("cleanup", ended.uid, now + 1e9)).toBe(false);
        expect(await dueOn("reconcile", cancelled.uid, now + 5)).toBe(true);
      });
    });

    describe("the digest of a request that meant an earlier incarnation", () => {
      test("is kept once, and voids what the same bytes would change", async () => {
        const job = await registered();
        const when = { uid: job.uid, states: ["running"] } as const;
        const repeat: Change = { when: { ...when, notFormerDigest: "bytes" }, set: { heartbeatAt: now + 1 } };
        expect(await table.jobs.changeIncarnation(job.uid, repeat)).toMatchObject({ applied: true });
        for (const formerDigest of ["bytes", "more", "bytes"]) await changed(job, { when, formerDigest });
        const voided = await table.jobs.changeIncarnation(job.uid, repeat);
        expect(voided.applied).toBe(false);
        expect([...(voided.job?.formerDigests ?? [])].sort()).toEqual(["bytes", "more"]);
        const other: Change = { ...repeat, when: { ...when, notFormerDigest: "byte" } };
        expect(await table.jobs.changeIncarnation(job.uid, other)).toMatchObject({ applied: true });
      });
    });

    describe("a condition on the outbox", () => {
      test("holds for exactly what it names", async () => {
        const job = await stopped();
        const told = (outbox: Change["when"]["outbox"]) =>
          table.jobs.changeIncarnation(job.uid, {
            when: { states: ["cancelled"], ...(outbox && { outbox }) },
            announced: ["requested"],
          });
        for (const outbox of [[], ["requested"], ["requested", "stopped", "not-stopped"]] as const)
          expect(await told(outbox)).toMatchObject({ applied: false });
        expect(await told(["stopped", "requested"])).toMatchObject({ applied: true, job: { outbox: ["stopped"] } });
      });
    });

    describe("a sign of life", () => {
      test("only moves forward", async () => {
        const job = await registered();
        const beat = async (at: number) => {
          const when = { states: ["running"], heartbeatBefore: at } as const;
          return (await table.jobs.changeIncarnation(job.uid, { when, set: { heartbeatAt: at } })).applied;
        };
        expect([await beat(now), await beat(now + 5), await beat(now + 5), await beat(now + 4)]).toEqual([
          false,
          true,
          false,
          false,
        ]);
        expect((await table.jobs.get(job.uid))?.heartbeatAt).toBe(now + 5);
      });
    });

    describe("a step", () => {
      test("is added once by those who saw the same ones, whatever their clocks say", async () => {
        const job = await stopping();
        const add = (stepCount: number): Change => ({
          when: { states: ["stopping"], stepCount },
          step: { at: now, step: "stop-request-delivered" },
        });
        const write = async (count: number) => (await table.jobs.changeIncarnation(job.uid, add(count))).applied;
        const tries = await Promise.all(Array.from({ length: 10 }, () => write(1)));
        expect(tries.filter(Boolean)).toHaveLength(1);
        expect([await write(1), await write(3), await write(2)]).toEqual([false, false, true]);
        const running = await registered();
        expect(
          await table.jobs.changeIncarnation(running.uid, { when: { states: ["running"], stepCount: 0 } }),
        ).toMatchObject({ applied: false });
      });
    });

    describe("a contradiction", () => {
      const contradict = (count: number): Change => ({
        when: {
          states: ["cancelled"],
          assurance: count === 1 ? "acknowledged" : "contradicted",
          contradictionCount: count - 1,
        },
        contradict: { assurance: "contradicted", contradictions: [{ at: now + count, what: "a heartbeat" }], count },
      });

      test("is counted once, and only by whoever has seen those before it", async () => {
        const job = await stopped();
        const write = async (count: number) => (await table.jobs.changeIncarnation(job.uid, contradict(count))).applied;
        expect(await write(2)).toBe(false);
        const tries = await Promise.all(Array.from({ length: 10 }, () => write(1)));
        expect(tries.filter(Boolean)).toHaveLength(1);
        expect([await write(1), await write(2)]).toEqual([false, true]);
        expect((await table.jobs.get(job.uid))?.cancellation).toMatchObject({
          assurance: "contradicted",
          contradictionCount: 2,
          contradictions: [{ at: now + 2, what: "a heartbeat" }],
          evidence: { kind: "worker-acknowledged" },
        });
      });
    });

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

    describe("the escalation", () => {
      const escalationStep = (from: number): Change => ({
        when: { states: ["stopping"], escalationStep: from },
        escalation: { step: from + 1, deadline: now + 1000 * from },
        step: { at: now, step: `step ${from + 1}` },
      });

      test("goes one step at a time, each once", async () => {
        const job = await stopping();
        const climb = async (from: number) =>
          (await table.jobs.changeIncarnation(job.uid, escalationStep(from))).applied;
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
        expect(cancellation).toMatchObject({
          outcome: "stopped",
          evidence: { kind: "worker-acknowledged", at: now + 9 },
        });
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
  });
};
