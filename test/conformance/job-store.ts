import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideCancel, decideUnseen } from "../../shared/domain/decide-cancel.ts";
import { decideFinish } from "../../shared/domain/decide-report.ts";
import type { Job } from "../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../shared/domain/job-key.ts";
import { InvalidCursor, type JobStore } from "../../shared/ports/job-store.ts";
import { aJob, now } from "../support/stack/jobs.ts";
import type { OpenedStore, OpenStore } from "./opened-store.ts";

const command = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
} as const;

const never = (): never => {
  throw new Error("unexpected");
};

/** Holds a job store to what {@link JobStore} promises of jobs: registration, conditional writes, reads and lists. */
export const describeJobStore = (name: string, open: OpenStore): void => {
  describe(`the job store ${name}`, () => {
    let opened: OpenedStore;
    let jobs: JobStore;
    beforeAll(async () => {
      opened = await open();
      jobs = opened.jobs;
    });
    afterAll(() => opened.stop());

    const registered = async (given: Partial<Job> = {}) => {
      const job = aJob(given);
      await jobs.register(job, job.uid);
      return job;
    };

    const finished = async (job: Job) => {
      const { change } = decideFinish(job, { outcome: "succeeded" }, "worker-1", now);
      if (!change) throw new Error("nothing to write");
      return jobs.change(uidToKey(job.uid), change);
    };

    describe("register", () => {
      test("keeps every field, and gives it back by uid", async () => {
        const job = await registered({ labels: { team: "etl" }, maxRuntimeSeconds: 60, account: "1", secretHash: "h" });
        expect(await jobs.get(job.uid)).toEqual(job);
      });

      test("refuses a native id whose job is active, and returns that job", async () => {
        const job = await registered();
        const again = { ...job, uid: jobUid(now + 1, uidToKey(job.uid)) };
        expect(await jobs.register(again, "another")).toEqual({ registered: false, job });
      });

      test("answers the same registration with the same job, also after a heartbeat", async () => {
        const job = await registered();
        await jobs.change(uidToKey(job.uid), {
          when: { uid: job.uid, states: ["running"] },
          set: { heartbeatAt: now + 5 },
        });
        const again = await jobs.register({ ...job, uid: jobUid(now + 1, uidToKey(job.uid)) }, job.uid);
        expect(again).toEqual({ registered: true, job: { ...job, heartbeatAt: now + 5 } });
      });

      test("puts a new incarnation in place of an ended one, which stays readable by its uid", async () => {
        const first = await registered();
        await finished(first);
        const second = { ...first, uid: jobUid(now + 1, uidToKey(first.uid)) };
        expect(await jobs.register(second, "second")).toMatchObject({ registered: true, job: { uid: second.uid } });
        expect(await jobs.get(first.uid)).toMatchObject({ uid: first.uid, state: "succeeded" });
        expect(await jobs.get(second.uid)).toMatchObject({ uid: second.uid, state: "running" });
      });

      test("answers a keyed registration with its job, over any number of incarnations, whatever stands", async () => {
        const first = aJob();
        const [key, another] = ["worker-1 nightly one", "worker-1 nightly another"];
        await jobs.register(first, key);
        let last: Job | undefined;
        for (const registration of [another, "unkeyed", "unkeyed too"]) {
          await finished(last ?? first);
          last = (await jobs.register({ ...first, uid: jobUid(now + 1, uidToKey(first.uid)) }, registration)).job;
        }
        for (const state of ["running", "succeeded"]) {
          expect(await jobs.register(first, key)).toMatchObject({ registered: true, job: { uid: first.uid } });
          expect(await jobs.register(first, another)).toMatchObject({
            registered: true,
            job: { supersedes: first.uid },
          });
          expect(await jobs.newest(uidToKey(first.uid))).toMatchObject({ uid: last?.uid, state });
          if (last && state === "running") await finished(last);
        }
      });

      test("gives two incarnations of one millisecond two uids", async () => {
        const first = await registered();
        await finished(first);
        const { job } = await jobs.register(first, "second");
        expect(job?.uid).toBe(jobUid(now + 1, uidToKey(first.uid)));
      });

      test("of many at once registers one", async () => {
        const job = aJob();
        const results = await Promise.all(Array.from({ length: 20 }, (_, i) => jobs.register(job, `try ${i}`)));
        expect(results.filter(({ registered }) => registered)).toHaveLength(1);
      });
    });

    test("of many registrations at once one takes the place of an ended job", async () => {
      const ended = await registered();
      await finished(ended);
      const tries = Array.from({ length: 20 }, (_, i) => {
        const job = { ...ended, uid: jobUid(now + 1 + i, uidToKey(ended.uid)) };
        return jobs.register(job, `again ${i}`);
      });
      const results = await Promise.all(tries);
      expect(results.filter(({ registered }) => registered)).toHaveLength(1);
      expect(new Set(results.map(({ job }) => job?.uid)).size).toBe(1);
    });

    describe("newest", () => {
      test("finds a job by its key, as every write before left it", async () => {
        const job = await registered();
        const key = uidToKey(job.uid);
        expect(await jobs.newest(key)).toEqual(job);
        await jobs.change(key, decideUnseen(command).change ?? never());
        expect(await jobs.newest(key)).toMatchObject({ uid: job.uid, state: "stopping" });
        expect(await jobs.newest(uidToKey(aJob().uid))).toBeUndefined();
      });

      test("is the incarnation that was registered last", async () => {
        const first = await registered();
        await finished(first);
        const second = { ...first, uid: jobUid(now + 1, uidToKey(first.uid)) };
        await jobs.register(second, "second");
        expect(await jobs.newest(uidToKey(first.uid))).toMatchObject({ uid: second.uid, state: "running" });
      });
    });

    describe("change", () => {
      test("claims in one write what was never read", async () => {
        const job = await registered();
        const { change } = decideUnseen(command);
        expect(await jobs.change(uidToKey(job.uid), change ?? never())).toMatchObject({
          applied: true,
          job: { uid: job.uid, state: "stopping", cancellation: { outcome: "stopping", repeats: 0 } },
        });
      });

      test("returns the job that a lost race left", async () => {
        const job = await registered({ state: "queued" });
        const { change } = decideUnseen(command);
        expect(await jobs.change(uidToKey(job.uid), change ?? never())).toEqual({ applied: false, job });
      });

      test("finds nothing where nothing is", async () => {
        const { change } = decideUnseen(command);
        expect(await jobs.change(uidToKey(aJob().uid), change ?? never())).toEqual({ applied: false, job: undefined });
      });

      test.each([
        ["another incarnation", { uid: jobUid(1, "0000000000000000") }],
        ["another sign of life", { heartbeatAt: now - 1 }],
        ["another type", { jobTypes: ["INSERT"] }],
        ["another secret", { secretHash: "other" }],
        ["another account", { account: "2" }],
      ])("does not touch %s", async (_, when) => {
        const job = await registered({ secretHash: "hash", account: "1" });
        const change = { when: { states: ["running"] as const, ...when }, set: { state: "failed" as const } };
        expect(await jobs.change(uidToKey(job.uid), change)).toEqual({ applied: false, job });
      });

      test("compares no secret and no account with a job that has none", async () => {
        const job = await registered();
        const change = {
          when: { states: ["running"] as const, secretHash: "any", account: "2" },
          set: { error: "seen" },
        };
        expect(await jobs.change(uidToKey(job.uid), change)).toMatchObject({ applied: true });
      });

      test("appends steps, counts repeats and concludes without losing either", async () => {
        const job = await registered();
        const key = uidToKey(job.uid);
        const claimed = await jobs.change(key, decideUnseen(command).change ?? never());
        const repeat = decideCancel(claimed.job, command, now).change ?? never();
        const finish =
          decideFinish(claimed.job, { outcome: "cancelled", residue: ["a file"] }, "worker-1", now + 7).change ??
          never();
        await Promise.all([...Array.from({ length: 9 }, () => jobs.change(key, repeat)), jobs.change(key, finish)]);
        const { cancellation } = (await jobs.get(job.uid)) ?? never();
        expect(cancellation).toMatchObject({
          outcome: "stopped",
          evidence: { kind: "worker-acknowledged", at: now + 7 },
          residue: ["a file"],
          steps: [{ step: "stop-requested" }, { step: "worker-acknowledged" }],
        });
        // Those that came after the finish found another state than the one they were decided for.
        expect(cancellation?.repeats).toBeLessThanOrEqual(9);
      });
    });

    describe("list", () => {
      const page = (owner: string, more: object = {}) =>
        jobs.list({ services: ["dli", "dds"], owner, limit: 50, keep: () => true, ...more });

      test("gives one owner's jobs of all services, newest first in each, ended ones too", async () => {
        const owner = "listed";
        const old = await registered({ owner, registeredAt: now });
        const young = await registered({ owner, registeredAt: now + 1 });
        const task = await registered({ owner, service: "dds", jobType: "RESTART" });
        await registered({ owner: "listed2" });
        await finished(old);
        const { jobs: found, cursor } = await page(owner);
        expect(found.map(({ uid }) => uid)).toEqual([young.uid, old.uid, task.uid]);
        expect(found[1]?.state).toBe("succeeded");
        expect(cursor).toBeUndefined();
      });

      test("pages through any filter without gap or repetition", async () => {
        const owner = "paged";
        for (let i = 0; i < 25; i++)
          await registered({ owner, registeredAt: now + i, labels: i % 2 ? { odd: "1" } : {} });
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const { jobs: found, cursor: next } = await page(owner, {
            limit: 4,
            keep: ({ labels }: Job) => labels.odd === "1",
            ...(cursor === undefined ? {} : { cursor }),
          });
          seen.push(...found.map(({ uid }) => uid));
          cursor = next;
        } while (cursor);
        expect(new Set(seen).size).toBe(12);
        expect(seen).toHaveLength(12);
      });

      test.each(["!", "bm90IGpzb24", Buffer.from('{"service":"ges"}').toString("base64url")])(
        "refuses the cursor %s, which it did not give out",
        async (cursor) => {
          await expect(page("any", { cursor })).rejects.toThrow(InvalidCursor);
        },
      );
    });
  });
};
