import { describe, expect, test } from "vitest";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { now } from "../../support/stack/jobs.ts";
import { lasting, type PolicyInput, policyIn, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, register, read, stateOf, hear } = useScheduledRuns();

const old: PolicyInput = { name: "old", maxRuntimeSeconds: 50, action: "cancel" };

describe("of several policies that are for a job", () => {
  const given = { ...lasting, maxRuntimeSeconds: 50, labels: { a: "1" } };

  test.each<[string, PolicyInput[], string]>([
    ["the first that cancels wins", [old, { ...old, name: "older" }], "old"],
    ["the order is that of the configuration", [{ ...old, name: "older" }, old], "older"],
    ["the built-in ones come last", [{ ...old, name: "mine" }], "mine"],
    [
      "one that reports leaves it to the next",
      [
        { ...old, action: "report" },
        { ...old, name: "next" },
      ],
      "next",
    ],
    ["one that does not select it is none", [{ ...old, selector: { labels: { a: "2" } } }], "max-runtime"],
    [
      "one of a built-in's name stands in its place, behind the others",
      [{ name: "max-runtime", action: "cancel" }, old],
      "old",
    ],
  ])("%s", async (_, policies, winner) => {
    const job = await register(given);
    const summary = await start({ policies }).cleanupAt(60);
    expect(summary.policies.filter(({ cancelled }) => cancelled > 0)).toMatchObject([{ name: winner, cancelled: 1 }]);
    expect((await read(job))?.cancellation?.reason).toBe(`policy:${winner}`);
  });

  test("a tripped one keeps it from the others: what it found may be wrong", async () => {
    const jobs = [await register(given), await register(given)];
    const summary = await start({ policies: [{ ...old, maxActionsPerRun: 1 }] }).cleanupAt(60);
    expect([policyIn(summary, "old")?.tripped, policyIn(summary, "max-runtime")?.due]).toEqual(["maxActionsPerRun", 0]);
    expect(await Promise.all(jobs.map(stateOf))).toEqual(["running", "running"]);
  });
});

describe("a job past its own limit", () => {
  test("is cancelled though its worker is heard of to the last, and the worker hears of that", async () => {
    const job = await register({ maxRuntimeSeconds: 100 });
    const { bundle, cleanupAt } = start();
    for (const seconds of [30, 60, 90, 99]) {
      await hear(job, seconds);
      await cleanupAt(seconds);
      expect(await stateOf(job)).toBe("running");
    }
    await cleanupAt(100);
    expect(bundle.recorded.asked).toEqual([{ uid: job.uid, delaySeconds: 1 }]);
    const { body } = await bundle.send("POST", `/jobs/${job.uid}/heartbeat`, {
      headers: { authorization: "Bearer ops-token" },
    });
    expect(body).toMatchObject({ state: "stopping", cancel: { reason: "policy:max-runtime", requestedBy: "events" } });
  });

  test("has no limit where it gave none", async () => {
    const job = await register(lasting);
    expect(await start().cleanupAt(80_000)).toMatchObject({ seen: 0 });
    expect(await stateOf(job)).toBe("running");
  });
});

describe("a silent worker", () => {
  // Registered, and heard of, at 0 s; the run at 60 s is the first that finds it silent, and two leases end 120 s later.
  test.each<[string, number[], number, string]>([
    ["is spared a millisecond before the end of its second lease", [], 179.999, "running"],
    ["is cancelled at the end of its second lease", [], 180, "stopping"],
    ["is spared after a heartbeat in its second lease", [119], 239.999, "running"],
    ["is cancelled two leases after the first run that did not hear it", [119], 240, "stopping"],
  ])("%s", async (_, heartbeats, seconds, state) => {
    const job = await register();
    for (const heard of heartbeats) await hear(job, heard);
    const { cleanupAt } = start();
    // Runs follow each other a minute apart.
    for (let at = 60; at < seconds; at += 60) await cleanupAt(at);
    await cleanupAt(seconds);
    expect(await stateOf(job)).toBe(state);
  });

  test("is looked at once in two leases while it lives, not once a minute", async () => {
    const job = await register();
    const { cleanupAt } = start();
    const seen = [];
    for (let seconds = 60; seconds <= 600; seconds += 60) {
      await hear(job, seconds - 10);
      seen.push((await cleanupAt(seconds)).seen);
    }
    expect(seen).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test.each<[string, number[], string]>([
    ["of a minute and a half has a lease besides", [90, 149.999], "running"],
    ["of a minute and a half is dead after a lease besides", [90, 150], "stopping"],
    ["longer than that has two leases from its end on", [90.001, 150], "running"],
    ["longer than that is spared before the end of those", [90.001, 150, 210], "running"],
    ["longer than that is dead at the end of those", [90.001, 150, 210, 210.001], "stopping"],
  ])("after a gap between two runs %s", async (_, runs, state) => {
    const { cleanupAt } = start();
    await cleanupAt(0);
    const job = await register();
    for (const seconds of runs) await cleanupAt(seconds);
    expect(await stateOf(job)).toBe(state);
  });

  test("is judged by the very first run: nothing says that nobody listened before", async () => {
    const job = await register();
    await start().cleanupAt(10_000);
    expect(await stateOf(job)).toBe("stopping");
  });
});

describe("spares what the schedule's principal may not cancel", () => {
  const principal = (policies: ConfigDocument["principals"][number]["policies"], account?: string) => [
    { name: "cron", triggers: ["schedule" as const], policies, ...(account && { account }) },
  ];
  const everything = { effect: "allow" as const, actions: ["*"], resources: ["*"] };

  test.each<[string, ConfigDocument["principals"], Partial<Job>, string]>([
    ["no policy allows it", principal([{ ...everything, actions: ["dli:*"] }]), {}, "forbidden"],
    ["another service", principal([{ ...everything, resources: ["standdown:ges:*"] }]), {}, "forbidden"],
    [
      "a project that is denied",
      principal([everything, { effect: "deny", actions: ["*"], resources: ["standdown:dli:p1"] }]),
      { owner: "p1" },
      "forbidden",
    ],
    ["a job of another account", principal([everything], "1"), { account: "2" }, "not-found"],
  ])("%s", async (_, principals, given, why) => {
    const barred = await register({ ...lasting, ...given });
    const summary = await start({ policies: [old], principals }).cleanupAt(60);
    expect(summary.jobs).toEqual([expect.objectContaining({ uid: barred.uid, result: "spared", why })]);
    expect(await stateOf(barred)).toBe("running");
    expect(await read(barred)).not.toHaveProperty("cancellation");
  });

  test("and cancels what it may", async () => {
    const principals = principal(
      [{ effect: "allow", actions: ["standdown:CancelJob"], resources: ["standdown:dli:p1"] }],
      "1",
    );
    const jobs = [
      await register({ ...lasting, owner: "p1", account: "1" }),
      await register({ ...lasting, owner: "p1" }),
    ];
    await start({ policies: [old], principals }).cleanupAt(60);
    expect(await Promise.all(jobs.map(stateOf))).toEqual(["stopping", "stopping"]);
    expect((await read(jobs[0] ?? { uid: "" }))?.cancellation).toMatchObject({
      requestedBy: "cron",
      trigger: "schedule",
    });
  });
});

test("a job that ends between the judgement and the claim keeps its end", async () => {
  const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
  const { cleanupAt, services } = start();
  const changeIncarnation: typeof services.jobs.changeIncarnation = async (uid, given) => {
    const set = { state: "succeeded", endedAt: now + 59_000 } as const;
    if (given.claim) await services.jobs.changeIncarnation(job.uid, { when: { states: ["running"] }, set });
    return services.jobs.changeIncarnation(uid, given);
  };
  const summary = await cleanupAt(60, { jobs: { ...services.jobs, changeIncarnation } });
  expect(policyIn(summary, "max-runtime")).toMatchObject({ due: 1, cancelled: 0, spared: { changed: 1 } });
  expect(await read(job)).toMatchObject({ state: "succeeded" });
  expect(await read(job)).not.toHaveProperty("cancellation");
  expect(await read(job)).not.toHaveProperty("dueAt");
});
