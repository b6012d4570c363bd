import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../shared/domain/change.ts";
import { decideFinish } from "../../shared/domain/decide-report.ts";
import type { Job } from "../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../shared/domain/job-key.ts";
import type { CountQuery, JobStore } from "../../shared/ports/job-store.ts";
import { aJob, now } from "../support/stack/jobs.ts";
import type { OpenedStore, OpenStore } from "./opened-store.ts";

const dayMs = 86_400_000;
const start: Change = { when: { states: ["queued"] }, set: { state: "running", startedAt: now } };

/** Holds a job store to what it says of how many jobs an owner has. */
export const describeCounts = (name: string, open: OpenStore): void => {
  describe(`the counts of the job store ${name}`, () => {
    let opened: OpenedStore;
    let jobs: JobStore;
    beforeAll(async () => {
      opened = await open();
      jobs = opened.jobs;
    });
    afterAll(() => opened.stop());

    let owners = 0;
    const newOwner = () => `owner${++owners}`;

    const registered = async (owner: string, given: Partial<Job> = {}) => {
      const job = aJob({ service: "dds", owner, state: "queued", jobType: "RESTART", counted: true, ...given });
      await jobs.register(job, job.uid);
      return job;
    };

    const finish = ({ uid }: Job, at = now): Promise<unknown> =>
      jobs.changeIncarnation(uid, {
        when: { uid, states: ["queued", "running"] },
        set: { state: "failed", endedAt: at },
      });

    const counted = (owner: string, asked: Partial<CountQuery> = {}) =>
      jobs.count({ service: "dds", owner, endedSince: now - 7 * dayMs, ...asked });

    test("have none of an owner without jobs, and none of jobs that are not counted", async () => {
      const owner = newOwner();
      expect(await counted(owner)).toBe(0);
      const job = aJob({ service: "dds", owner });
      await jobs.register(job, job.uid);
      expect(await counted(owner)).toBe(0);
    });

    test("follow a job from state to state, by state and type", async () => {
      const owner = newOwner();
      const job = await registered(owner);
      await registered(owner, { jobType: "RESIZE_FLAVOR" });
      const shown = async () => [
        await counted(owner),
        await counted(owner, { states: ["queued"] }),
        await counted(owner, { states: ["running", "stopping"] }),
        await counted(owner, { states: ["failed"] }),
        await counted(owner, { jobType: "RESTART" }),
      ];
      expect(await shown()).toEqual([2, 2, 0, 0, 1]);
      expect(await jobs.changeIncarnation(job.uid, start)).toMatchObject({ applied: true, job: { state: "running" } });
      expect(await shown()).toEqual([2, 1, 1, 0, 1]);
      await finish(job);
      expect(await shown()).toEqual([2, 1, 0, 1, 1]);
    });

    test("keep nothing of a write whose condition fails", async () => {
      const owner = newOwner();
      const job = await registered(owner, { state: "running" });
      expect(await jobs.changeIncarnation(job.uid, start)).toMatchObject({ applied: false, job: { uid: job.uid } });
      expect(await jobs.register({ ...job, uid: jobUid(now + 1, uidToKey(job.uid)) }, "again")).toMatchObject({
        registered: false,
        job: { uid: job.uid },
      });
      expect(await counted(owner)).toBe(1);
      expect(await counted(owner, { states: ["running"] })).toBe(1);
    });

    test("have an id that is used again once, whenever its former job ended", async () => {
      const owner = newOwner();
      const job = await registered(owner);
      await finish(job);
      const again = { ...job, uid: jobUid(now + 1, uidToKey(job.uid)), registeredAt: now + 1 };
      expect(await jobs.register(again, "again")).toMatchObject({ registered: true });
      expect(await counted(owner)).toBe(1);
      expect(await counted(owner, { states: ["failed"] })).toBe(0);
    });

    test("are those of an account and of none; without an account they are all", async () => {
      const owner = newOwner();
      await registered(owner);
      await registered(owner, { account: "1" });
      await registered(owner, { account: "2" });
      expect([await counted(owner), await counted(owner, { account: "1" })]).toEqual([3, 2]);
      expect([await counted(owner, { account: "3" }), await counted(`${owner}0`)]).toEqual([1, 0]);
    });

    test("hold though many write at once", async () => {
      const owner = newOwner();
      const made = await Promise.all(Array.from({ length: 20 }, () => registered(owner)));
      await Promise.all(made.flatMap((job) => [finish(job), jobs.changeIncarnation(job.uid, start), finish(job)]));
      expect(await counted(owner)).toBe(20);
      expect(await counted(owner, { states: ["failed"] })).toBe(20);
    });

    test("a change says what the job is after it, with its labels, and a lost race what stands", async () => {
      const labels = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`l${at}`, "x".repeat(60)]));
      const job = await registered(newOwner(), { state: "running", labels });
      const { change } = decideFinish(job, { outcome: "succeeded" }, "worker", now + 5);
      if (!change) throw new Error("nothing to write");
      const first = await jobs.change(uidToKey(job.uid), change);
      expect(first).toMatchObject({ applied: true, job: { state: "succeeded", endedAt: now + 5, labels } });
      expect(await jobs.change(uidToKey(job.uid), change)).toMatchObject({ applied: false, job: first.job });
    });

    test("know of any time since when, to the second, how many ended", async () => {
      const at = fc.integer({ min: 0, max: 20 * dayMs }).map((ageMs) => now - ageMs);
      await fc.assert(
        fc.asyncProperty(
          fc.array(at, { maxLength: 12 }),
          fc.array(at, { minLength: 1, maxLength: 5 }),
          async (ends, asked) => {
            const owner = newOwner();
            await registered(owner);
            for (const end of ends)
              await registered(owner, { state: "cancelled", registeredAt: end - 1, endedAt: end });
            for (const since of [...asked, ...ends]) {
              const second = Math.floor(since / 1000) * 1000;
              expect(await counted(owner, { endedSince: since })).toBe(1 + ends.filter((end) => end >= second).length);
            }
          },
        ),
        { numRuns: 25 },
      );
    });
  });
};
