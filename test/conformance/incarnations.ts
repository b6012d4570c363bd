import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../shared/domain/change.ts";
import { decideCancel } from "../../shared/domain/decide-cancel.ts";
import { decideFinish } from "../../shared/domain/decide-report.ts";
import type { Job, Tombstone } from "../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../shared/domain/job-key.ts";
import { aJob, now } from "../support/stack/jobs.ts";
import type { OpenedStore, OpenStore } from "./opened-store.ts";

/** Holds a job store to what it promises of tombstones, and of incarnations that another has superseded. */
export const describeIncarnations = (name: string, open: OpenStore): void => {
  describe(`incarnations in the job store ${name}`, () => {
    let table: OpenedStore;
    beforeAll(async () => {
      table = await open();
    });
    afterAll(() => table.stop());

    const tombstone: Tombstone = {
      trigger: "queue",
      requestedBy: "events",
      reason: "not needed",
      requestedAt: now,
      until: now + 1000,
    };

    const keyOf = ({ uid }: Job) => uidToKey(uid);
    const register = (job: Job, registration = job.uid) => table.jobs.register(job, registration);
    const later = (job: Job, ms: number): Job => ({
      ...job,
      uid: jobUid(now + ms, keyOf(job)),
      registeredAt: now + ms,
    });

    const must = (change: Change | undefined): Change => {
      if (change === undefined) throw new Error("nothing to write");
      return change;
    };

    const rules = { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] } as const;
    const cancel = (job: Job) =>
      must(decideCancel(job, { rules, trigger: "http", requestedBy: "ops", requestedAt: now }, now).change);

    /** An incarnation that was cancelled and has stopped, with both events untold, and one that took its place. */
    const superseded = async () => {
      const first = aJob();
      await register(first);
      const { job: claimed } = await table.jobs.change(keyOf(first), cancel(first));
      await table.jobs.change(
        keyOf(first),
        must(decideFinish(claimed, { outcome: "cancelled" }, "worker-1", now + 5).change),
      );
      const second = { ...later(first, 10), supersedes: first.uid, formerEndedAt: now + 5 };
      expect(await register(second)).toEqual({ registered: true, job: second });
      return { first, second };
    };

    test("the id of another account's job is not registered again though it ended, and is by its own and by nobody's", async () => {
      const first = aJob({ account: "1", state: "succeeded", endedAt: now + 1 });
      await register(first);
      const refused = await register({ ...later(first, 10), account: "2", state: "running" });
      expect(refused).toMatchObject({ registered: false, job: { uid: first.uid } });
      const own = await register({ ...later(first, 10), state: "succeeded" });
      expect(own).toMatchObject({ registered: true, job: { supersedes: first.uid } });
      const { account: _, ...ofNobody } = later(first, 20);
      expect(await register(ofNobody)).toMatchObject({ registered: true, job: { supersedes: own.job?.uid } });
    });

    describe("putTombstone", () => {
      test("keeps a job from starting until it is outdated", async () => {
        const job = aJob();
        expect(await table.jobs.putTombstone(keyOf(job), tombstone)).toBeUndefined();
        expect(await register(job)).toEqual({ registered: false, tombstone });
        const before = later(job, 999);
        expect(await register(before)).toEqual({ registered: false, tombstone });
        const after = later(job, 1000);
        expect(await register(after)).toEqual({ registered: true, job: after });
        expect(await table.jobs.get(after.uid)).toEqual(after);
      });

      test("leaves no job to be found", async () => {
        const job = aJob();
        await table.jobs.putTombstone(keyOf(job), tombstone);
        expect([await table.jobs.get(job.uid), await table.jobs.newest(keyOf(job))]).toEqual([undefined, undefined]);
        const nothing = { applied: false, job: undefined };
        expect(await table.jobs.change(keyOf(job), cancel(job))).toEqual(nothing);
        expect(await table.jobs.changeIncarnation(job.uid, cancel(job))).toEqual(nothing);
      });

      test("keeps the first tombstone while it stands, for as long as the last one holds, and replaces it when both are outdated", async () => {
        const job = aJob();
        await table.jobs.putTombstone(keyOf(job), tombstone);
        await table.jobs.putTombstone(keyOf(job), {
          ...tombstone,
          reason: "second",
          requestedAt: now + 1,
          until: now + 9000,
        });
        const { until: _, ...request } = tombstone;
        const latest = { ...request, reason: "second", requestedAt: now + 1 };
        const both = { ...tombstone, until: now + 9000, latest };
        expect((await register(later(job, 8999))).tombstone).toEqual(both);
        await table.jobs.putTombstone(keyOf(job), { ...tombstone, reason: "shorter", requestedAt: now + 2 });
        expect((await register(later(job, 8999))).tombstone).toMatchObject({ until: now + 9000 });
        const third = { ...tombstone, reason: "third", requestedAt: now + 9000, until: now + 10_000 };
        await table.jobs.putTombstone(keyOf(job), third);
        expect((await register(later(job, 9500))).tombstone).toEqual(third);
      });

      test("of many at once holds for as long as the longest", async () => {
        const job = aJob();
        const seconds = [5, 3, 9, 1];
        const put = (s: number) => table.jobs.putTombstone(keyOf(job), { ...tombstone, until: now + s * 1000 });
        await Promise.all(seconds.map(put));
        expect((await register(later(job, 8999))).tombstone?.until).toBe(now + 9000);
      });

      test("keeps out jobs of the passwords that were given, and those that have none", async () => {
        const [one, other] = [
          { ...tombstone, secretHash: "one" },
          { ...tombstone, secretHash: "other" },
        ];
        const job = aJob({ secretHash: "right" });
        await table.jobs.putTombstone(keyOf(job), one);
        await table.jobs.putTombstone(keyOf(job), other);
        for (const secretHash of ["one", "other"])
          expect(await register({ ...job, secretHash })).toEqual({ registered: false, tombstone });
        const { secretHash: _, ...open } = job;
        expect(await register(open)).toEqual({ registered: false, tombstone });
        expect(await register(job)).toEqual({ registered: true, job });
      });

      test("gives the job that came first, active or ended, and does not touch it", async () => {
        const job = aJob();
        await register(job);
        expect(await table.jobs.putTombstone(keyOf(job), tombstone)).toEqual(job);
        await table.jobs.change(keyOf(job), must(decideFinish(job, { outcome: "succeeded" }, "worker-1", now).change));
        expect(await table.jobs.putTombstone(keyOf(job), tombstone)).toMatchObject({
          uid: job.uid,
          state: "succeeded",
        });
        expect(await table.jobs.newest(keyOf(job))).toMatchObject({ uid: job.uid, state: "succeeded" });
      });

      test("and a registration at once: one of them wins, and the other learns of it", async () => {
        const wins = { job: 0, tombstone: 0 };
        const race = async (index: number) => {
          const job = aJob();
          const both = [() => table.jobs.putTombstone(keyOf(job), tombstone), () => register(job)] as const;
          const [first, second] = index % 2 ? both : both.toReversed();
          const results = await Promise.all([first?.(), second?.()]);
          const [met, registration] = (index % 2 ? results : results.toReversed()) as [
            Awaited<ReturnType<typeof table.jobs.putTombstone>>,
            Awaited<ReturnType<typeof register>>,
          ];
          expect(registration).toEqual(met ? { registered: true, job } : { registered: false, tombstone });
          expect(await table.jobs.newest(keyOf(job))).toEqual(met);
          wins[met ? "job" : "tombstone"]++;
        };
        for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 20 }, (_, i) => race(i)));
        expect(wins.job).toBeGreaterThan(0);
        expect(wins.tombstone).toBeGreaterThan(0);
      });
    });

    test("change leaves an incarnation alone that was registered after the change was asked for", async () => {
      const { first, second } = await superseded();
      const asked = (askedAt: number) =>
        table.jobs.change(keyOf(first), { when: { states: ["running"], askedAt }, set: { error: "seen" } });
      expect(await asked(now + 9)).toEqual({ applied: false, job: await table.jobs.get(second.uid) });
      expect(await asked(now + 10)).toMatchObject({ applied: true });
    });

    test("change means one that seems a little younger, where the one before it had ended long ago", async () => {
      const first = aJob();
      await register(first);
      const { change: end } = decideFinish(first, { outcome: "succeeded" }, "worker-1", now + 5);
      if (end) await table.jobs.change(keyOf(first), end);
      const second = { ...later(first, 60_000), registeredAt: now + 60_000 };
      await register(second);
      const asked = (askedAt: number) =>
        table.jobs.change(keyOf(first), { when: { states: ["running"], askedAt }, set: { error: "seen" } });
      expect(await asked(now + 57_999)).toMatchObject({ applied: false, job: { formerEndedAt: now + 5 } });
      expect(await asked(now + 58_000)).toMatchObject({ applied: true });
    });

    describe("changeIncarnation", () => {
      const toldAll: Change = { when: { states: ["cancelled"] }, announced: ["requested", "stopped"], due: "no-more" };

      test("changes the newest incarnation", async () => {
        const job = aJob();
        await register(job);
        const written = await table.jobs.changeIncarnation(job.uid, cancel(job));
        expect(written).toMatchObject({ applied: true, job: { uid: job.uid, state: "stopping" } });
      });

      test("changes one that was superseded, and it alone", async () => {
        const { first, second } = await superseded();
        const written = await table.jobs.changeIncarnation(first.uid, toldAll);
        expect(written).toMatchObject({ applied: true, job: { uid: first.uid } });
        expect(await table.jobs.get(first.uid)).toEqual(written.job);
        expect(await table.jobs.get(second.uid)).toEqual(second);
        expect(await table.jobs.newest(keyOf(first))).toEqual(second);
      });

      test("gives the incarnation that it was asked for where its condition does not hold", async () => {
        const { first } = await superseded();
        const stands = await table.jobs.get(first.uid);
        const change: Change = { when: { states: ["stopping"] }, due: "no-more" };
        expect(await table.jobs.changeIncarnation(first.uid, change)).toEqual({ applied: false, job: stands });
      });

      test("finds nothing where there was never such an incarnation", async () => {
        const { first } = await superseded();
        const nothing = { applied: false, job: undefined };
        expect(await table.jobs.changeIncarnation(later(first, 77).uid, toldAll)).toEqual(nothing);
        expect(await table.jobs.changeIncarnation(aJob().uid, toldAll)).toEqual(nothing);
      });

      test("of a superseded one keeps it in its due queue until that says no more", async () => {
        const { first } = await superseded();
        const due = async () =>
          (await table.dueQueue.due("reconcile", now + 60_000, 10_000)).jobs.map(({ uid }) => uid);
        expect(await due()).toContain(first.uid);
        await table.jobs.changeIncarnation(first.uid, toldAll);
        expect(await due()).not.toContain(first.uid);
      });
    });

    test("what is announced goes out of the outbox one by one, and the last takes the outbox with it", async () => {
      const { first } = await superseded();
      const told = async (announced: NonNullable<Change["announced"]>) => {
        const { job } = await table.jobs.changeIncarnation(first.uid, { when: { states: ["cancelled"] }, announced });
        return job?.outbox?.toSorted();
      };
      expect((await table.jobs.get(first.uid))?.outbox?.toSorted()).toEqual(["requested", "stopped"]);
      expect(await told(["requested"])).toEqual(["stopped"]);
      expect(await told(["requested", "not-stopped"])).toEqual(["stopped"]);
      expect(await told(["stopped"])).toBeUndefined();
      expect(await told(["stopped"])).toBeUndefined();
    });
  });
};
