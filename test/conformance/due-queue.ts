import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Job } from "../../shared/domain/job.ts";
import { uidToKey } from "../../shared/domain/job-key.ts";
import type { ActiveJob, DueQueue } from "../../shared/ports/due-queue.ts";
import { aJob, now } from "../support/stack/jobs.ts";
import type { OpenedStore, OpenStore } from "./opened-store.ts";

/** Holds a due queue to what {@link DueQueue} promises. */
export const describeDueQueue = (name: string, open: OpenStore): void => {
  describe(`the due queue ${name}`, () => {
    let table: OpenedStore;
    let dueQueue: DueQueue;
    beforeEach(async () => {
      table = await open();
      dueQueue = table.dueQueue;
    });
    afterEach(() => table.stop());

    const registered = async (given: Partial<Job> = {}) => {
      const job = aJob(given);
      await table.jobs.register(job, job.uid);
      return job;
    };

    const times = <T>(count: number, make: (index: number) => T) =>
      Promise.all(Array.from({ length: count }, (_, i) => make(i)));

    const putTombstone = ({ uid }: Job) => {
      const tombstone = { trigger: "queue", requestedBy: "ops", requestedAt: now, until: now + 1 } as const;
      return table.jobs.putTombstone(uidToKey(uid), tombstone);
    };

    const reconcileAt = ({ uid }: Job, at: number) =>
      table.jobs.changeIncarnation(uid, { when: { states: ["running"] }, due: { on: "reconcile", at } });

    describe("due", () => {
      test("gives what is due by now, in the order in which it became due", async () => {
        const jobs = await times(30, (i) => registered({ heartbeatAt: now + ((i * 7) % 30) * 1000 }));
        const [other] = jobs;
        if (other) await reconcileAt(other, now);
        await registered({ state: "queued" });
        await putTombstone(aJob());
        const found = await dueQueue.due("cleanup", now + 135_000, 1000);
        const expected = jobs.slice(1).filter(({ dueAt = 0 }) => dueAt <= now + 135_000);
        expect(expected.length).toBeGreaterThan(10);
        const inOrder = expected.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
        expect(found).toEqual({ jobs: inOrder, unreadable: [], failures: [] });
        expect((await dueQueue.due("reconcile", now, 1000)).jobs).toMatchObject([{ uid: other?.uid }]);
        expect((await dueQueue.due("reconcile", now - 1, 1000)).jobs).toEqual([]);
      });

      test("gives no more than it was asked for, those first that wait longest in their shard", async () => {
        const jobs = await times(40, (i) => registered({ heartbeatAt: now + i }));
        const found = (await dueQueue.due("cleanup", now + 200_000, 8)).jobs;
        expect(found.length).toBeGreaterThan(1);
        expect(found.length).toBeLessThanOrEqual(8);
        expect(found[0]?.uid).toBe(jobs[0]?.uid);
      });
    });

    describe("activeSince", () => {
      const found = async (service: string, after: number, until: number) => {
        const entries: ActiveJob[] = [];
        for await (const entry of dueQueue.activeSince(service, after, until)) entries.push(entry);
        return entries.sort((a, b) => a.activeSince - b.activeSince);
      };

      test("gives what a selector asks for, of active jobs of this service in this range, its ends included", async () => {
        const jobs = await times(20, (i) => registered({ registeredAt: now + i, labels: { number: String(i) } }));
        await registered({ service: "ges", jobType: "algorithm" });
        const [ended] = jobs.splice(7, 1);
        if (ended) {
          const set = { state: "succeeded", endedAt: now } as const;
          await table.jobs.changeIncarnation(ended.uid, { when: { states: ["running"] }, set });
        }
        const expected = jobs.slice(5, 14).map(({ uid, owner, jobType, labels, registeredAt }) => {
          return { uid, owner, jobType, labels, activeSince: registeredAt };
        });
        expect(await found("dli", now + 5, now + 14)).toEqual(expected);
        expect(await found("ges", 0, now)).toHaveLength(1);
      });

      test("counts from the start of a job once it has started", async () => {
        const { uid } = await registered({ state: "queued" });
        expect(await found("dli", now, now)).toHaveLength(1);
        const set = { state: "running", startedAt: now + 9 } as const;
        await table.jobs.changeIncarnation(uid, { when: { states: ["queued"] }, set });
        expect(await found("dli", now, now + 8)).toEqual([]);
        expect(await found("dli", now, now + 9)).toMatchObject([{ uid, activeSince: now + 9 }]);
      });
    });

    test("hasActive counts the active jobs of several services, as far as it has to", async () => {
      await times(5, () => registered());
      await registered({ service: "ges", jobType: "algorithm" });
      expect(await dueQueue.hasActive(["dli"], 5)).toBe(true);
      expect(await dueQueue.hasActive(["dli"], 6)).toBe(false);
      expect(await dueQueue.hasActive(["dli", "ges"], 6)).toBe(true);
      expect(await dueQueue.hasActive(["dli", "ges", "dds"], 7)).toBe(false);
      expect(await dueQueue.hasActive([], 0)).toBe(true);
    });

    describe("read", () => {
      const read = async (uids: readonly string[]) => {
        const { jobs, unreadable } = await dueQueue.read(uids);
        return { jobs: jobs.toSorted((a, b) => a.jobId.localeCompare(b.jobId)), unreadable };
      };

      test("gives jobs as they are now, each once, however many there are", async () => {
        const jobs = await times(120, (i) => registered({ jobId: `read-${String(i).padStart(3, "0")}` }));
        const uids = jobs.map(({ uid }) => uid);
        expect(await read([...uids, ...uids])).toEqual({ jobs, unreadable: [] });
        expect(await read([])).toEqual({ jobs: [], unreadable: [] });
      });

      test("leaves out what is gone and whose id another has", async () => {
        const ended = await registered({ state: "succeeded" });
        const next = await table.jobs.register({ ...ended, state: "running" }, "next");
        const found = await read([ended.uid, next.job?.uid ?? "", aJob().uid]);
        expect(found.jobs).toEqual([expect.objectContaining({ uid: next.job?.uid })]);
      });
    });

    describe("beginRun", () => {
      test("gives the runs that have followed each other since the last gap, or since the API was down", async () => {
        const minute = 60_000;
        expect(await dueQueue.beginRun(now, true)).toBe("always");
        expect(await dueQueue.beginRun(now + minute, true)).toEqual([now, now + minute]);
        const late = now + 4 * minute;
        expect(await dueQueue.beginRun(late, true)).toEqual([late]);
        expect(await dueQueue.beginRun(late + minute, false)).toEqual([]);
        expect(await dueQueue.beginRun(late + 2 * minute, true)).toEqual([late + 2 * minute]);
      });
    });

    test("position is where a scan of this name was advanced to last", async () => {
      expect(await dueQueue.position("a")).toBe(0);
      await dueQueue.saveCursors("a", now, now);
      await dueQueue.saveCursors("a", now + 5, now);
      await dueQueue.saveCursors("b", now + 1, now);
      expect([await dueQueue.position("a"), await dueQueue.position("b")]).toEqual([now + 5, now + 1]);
    });
  });
};
