import { describe, expect, test } from "vitest";
import { jobStates } from "../../../shared/domain/job.ts";
import {
  cleanupDueAt,
  hasRunFor,
  isDead,
  isPastMaxQueued,
  isPastMaxRuntime,
  postpone,
} from "../../../shared/domain/staleness.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const seconds = 1000;
/** Two leases of a minute. */
const dead = now + 120 * seconds;

describe("a worker", () => {
  const job = aJob({ heartbeatAt: now, heartbeatTimeoutSeconds: 60 });

  test("is dead after two whole leases of silence, and not a moment before", () => {
    expect(isDead(job, now + 60 * seconds, "always")).toBe(false);
    expect(isDead(job, dead - 1, "always")).toBe(false);
    expect(isDead(job, dead, "always")).toBe(true);
  });

  test("that was heard since is alive for two leases more", () => {
    const heard = { ...job, heartbeatAt: dead - 1 };
    expect(isDead(heard, dead, "always")).toBe(false);
    expect(isDead(heard, dead - 1 + 120 * seconds, "always")).toBe(true);
  });

  test("has two leases to be heard from the first run on at which it could have been heard", () => {
    const runs = [now - 1, now + 50 * seconds, now + 110 * seconds];
    expect(isDead(job, now + 170 * seconds - 1, runs)).toBe(false);
    expect(isDead(job, now + 170 * seconds, runs)).toBe(true);
    expect(isDead({ ...job, heartbeatAt: now + 50 * seconds }, now + 170 * seconds, runs)).toBe(true);
    expect(isDead({ ...job, heartbeatAt: now + 51 * seconds }, now + 170 * seconds, runs)).toBe(false);
  });

  test.each([[[]], [[now - 1]]])("is not dead where nobody has listened since: runs %j", (runs) => {
    expect(isDead(job, now + 1e9 * seconds, runs)).toBe(false);
  });

  test.each(jobStates.filter((state) => state !== "running"))("of a job that is %s is never dead", (state) => {
    expect(isDead({ ...job, state }, now + 86_400 * seconds, "always")).toBe(false);
  });
});

describe("a job's runtime", () => {
  const job = aJob({ registeredAt: now - 500 * seconds, startedAt: now, maxRuntimeSeconds: 10 });

  test("is over from the very moment on", () => {
    expect(isPastMaxRuntime(job, now + 10 * seconds - 1)).toBe(false);
    expect(isPastMaxRuntime(job, now + 10 * seconds)).toBe(true);
  });

  test("has no end unless the job gave one", () => {
    const { maxRuntimeSeconds: _, ...endless } = job;
    expect(isPastMaxRuntime(endless, now + 1e9 * seconds)).toBe(false);
    expect(hasRunFor(endless, undefined, now + 1e9 * seconds)).toBe(false);
    expect(hasRunFor(endless, 20, now + 20 * seconds)).toBe(true);
  });

  test("begins with the start: what waits runs for no time", () => {
    const { startedAt: _, ...waiting } = job;
    expect(hasRunFor({ ...waiting, state: "queued" }, 1, now + 1e6 * seconds)).toBe(false);
    expect(hasRunFor(waiting, 1, now + 1e6 * seconds)).toBe(false);
  });

  test.each(jobStates.filter((state) => state !== "running"))("does not count while the job is %s", (state) => {
    expect(hasRunFor({ ...job, state }, 10, now + 10 * seconds)).toBe(false);
  });
});

describe("the next check at a running job", () => {
  const job = aJob({ startedAt: now - 5 * seconds, heartbeatAt: now, heartbeatTimeoutSeconds: 60 });

  test("is when its worker would be dead", () => {
    expect(cleanupDueAt(job)).toBe(dead);
    expect(isDead(job, cleanupDueAt(job), "always")).toBe(true);
    expect(isDead(job, cleanupDueAt(job) - 1, "always")).toBe(false);
  });

  test("is when its own runtime is over, if that comes first", () => {
    const short = { ...job, maxRuntimeSeconds: 30 };
    expect(cleanupDueAt(short)).toBe(now + 25 * seconds);
    expect(isPastMaxRuntime(short, cleanupDueAt(short))).toBe(true);
    expect(cleanupDueAt({ ...job, maxRuntimeSeconds: 3600 })).toBe(dead);
  });

  test("waits for two leases of listening, but not its runtime", () => {
    const [run, next] = [now + 600 * seconds, now + 660 * seconds];
    expect(cleanupDueAt(job, [run], next)).toBe(run + 120 * seconds);
    expect(cleanupDueAt(job, [], next)).toBe(next + 120 * seconds);
    expect(cleanupDueAt({ ...job, maxRuntimeSeconds: 30 }, [run], next)).toBe(now + 25 * seconds);
  });

  test("of one whose start is not known is by its silence alone", () => {
    const { startedAt: _, ...unstarted } = job;
    expect(cleanupDueAt({ ...unstarted, maxRuntimeSeconds: 1 })).toBe(dead);
  });
});

describe("how long a job waits for its start", () => {
  const job = aJob({ state: "queued" });
  const days = 86_400 * seconds;

  test("is up to the job, and 14 days unless it says", () => {
    expect(cleanupDueAt({ ...job, maxQueuedSeconds: 60 })).toBe(now + 60 * seconds);
    expect(cleanupDueAt(job)).toBe(now + 14 * days);
    expect(isPastMaxQueued(job, now + 14 * days)).toBe(true);
    expect(isPastMaxQueued(job, now + 14 * days - 1)).toBe(false);
  });

  test.each(jobStates.filter((state) => state !== "queued"))("is over once it is %s", (state) => {
    expect(isPastMaxQueued({ ...job, state }, now + 99 * days)).toBe(false);
  });
});

describe("a heartbeat", () => {
  const job = aJob({ heartbeatAt: now, dueAt: now + 30 * seconds });

  test("leaves the next check where it is while half a lease is left", () => {
    expect(postpone(job)).toBeUndefined();
    expect(postpone({ ...job, dueAt: now + 29_999 })).toEqual({
      when: { uid: job.uid, states: ["running"], dueAt: now + 29_999 },
      due: { on: "cleanup", at: dead },
    });
  });

  test("never brings it forward: the end of its runtime, or whoever put it off, knows better", () => {
    expect(postpone({ ...job, dueAt: now + 10 * seconds, maxRuntimeSeconds: 10 })).toBeUndefined();
    expect(postpone({ ...job, dueAt: now + 11 * seconds, maxRuntimeSeconds: 10 })).toBeUndefined();
    expect(postpone({ ...job, dueAt: now + 9 * seconds, maxRuntimeSeconds: 10 })?.due).toEqual({
      on: "cleanup",
      at: now + 10 * seconds,
    });
  });

  test.each(jobStates.filter((state) => state !== "running"))("moves nothing of a %s job", (state) => {
    expect(postpone({ ...job, state, dueAt: now })).toBeUndefined();
  });

  test("moves nothing that is not there", () => {
    const { dueAt: _, ...without } = job;
    expect(postpone(without)).toBeUndefined();
  });
});
