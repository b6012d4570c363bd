import { describe, expect, test } from "vitest";
import { type AwsCall, jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { shards } from "../../../shared/adapters/dynamodb/job-item.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import { decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { StoreThrottled } from "../../../shared/ports/job-store.ts";
import { type Fault, startFaultyProxy } from "../../support/stack/faulty-proxy.ts";
import { now } from "../../support/stack/jobs.ts";
import { localAws } from "../../support/stack/jobs-table.ts";
import {
  countedCall,
  failingAt,
  goneFrom,
  lasting,
  type PolicyInput,
  policyIn,
  useScheduledRuns,
} from "../../support/stack/scheduled-runs.ts";

const { start, table, clear, register, read, stateOf, hear } = useScheduledRuns();

const old: PolicyInput = { name: "old", service: "dli", maxRuntimeSeconds: 100, action: "cancel" };
const algorithm = { service: "ges", jobType: "algorithm" } as const;

/** One job of each kind that a run treats differently, as they are to be found at 120 s. */
const registerEach = async () => {
  const jobs = {
    silent: await register(algorithm),
    overdue: await register({ ...algorithm, ...lasting, maxRuntimeSeconds: 100 }),
    walkedTo: await register(lasting),
    alive: await register(algorithm),
    unstoppable: await register({ ...lasting, service: "dds", jobType: "RESTART", maxRuntimeSeconds: 100 }),
  };
  await hear(jobs.alive, 100);
  return jobs;
};

const outcomeOf = async (job: Job) => {
  const { state, cancellation, dueAt = 0 } = (await read(job)) ?? {};
  if (!cancellation) return { state, due: (dueAt - now) / 1000 };
  const { reason, steps, repeats, requestedAt } = cancellation;
  return { state, reason, steps: steps.map(({ step }) => step), repeats, at: (requestedAt - now) / 1000 };
};

const cancelledBy = (policy: string, at: unknown) => ({
  state: "stopping",
  reason: `policy:${policy}`,
  steps: ["stop-requested"],
  repeats: 0,
  at,
});

const outcomesOf = async (jobs: Awaited<ReturnType<typeof registerEach>>) =>
  Object.fromEntries(await Promise.all(Object.entries(jobs).map(async ([kind, job]) => [kind, await outcomeOf(job)])));

/** Of a run at 120 s, or of those a minute and two later that did what was left. */
const expected = (at: unknown, due: unknown) => ({
  silent: cancelledBy("heartbeat-lost", at),
  overdue: cancelledBy("max-runtime", at),
  walkedTo: cancelledBy("old", at),
  alive: { state: "running", due: 220 },
  unstoppable: { state: "running", due },
});

test.each([
  ["is lost with all calls after it", goneFrom],
  ["fails for good", failingAt],
])("whichever call of a run %s, the next run does what is left, once", { timeout: 60_000 }, async (_, failure) => {
  const jobs = await registerEach();
  let calls = 0;
  const call = countedCall(table().call, (count) => {
    calls = count;
  });
  await start({ policies: [old], call }).cleanupAt(120);
  expect(await outcomesOf(jobs)).toEqual(expected(120, 720));
  expect(calls).toBeGreaterThan(12);

  for (let nth = 1; nth <= calls; nth++) {
    await clear();
    const life = await registerEach();
    await start({ policies: [old], call: failure(nth)(table().call) })
      .cleanupAt(120)
      .catch(() => {});
    await start({ policies: [old] }).cleanupAt(180);
    await hear(life.alive, 200);
    await start({ policies: [old] }).cleanupAt(240);
    const either = expect.toSatisfy((at) => [120, 180, 240].includes(at));
    const later = expect.toSatisfy((due) => [720, 780, 840].includes(due));
    const alive = { state: "running", due: 360 };
    expect(await outcomesOf(life), `call ${nth}`).toEqual({ ...expected(either, later), alive });
  }
});

describe("over a network that fails", () => {
  const worldWith = async (operation: string, faults: readonly Fault[]) => {
    const proxy = await startFaultyProxy(table().endpoint);
    const client = jsonClient(dynamoDb, localAws(proxy.endpoint));
    let planned = [...faults];
    const call: AwsCall = (name, input) => {
      if (name === operation && !JSON.stringify(input).includes("schedule#")) {
        proxy.next(...planned);
        planned = [];
      }
      return client(name, input);
    };
    return { proxy, ...start({ call }) };
  };

  test.each<[string, Fault[]]>([
    ["throttles", ["throttle", "throttle", "throttle"]],
    ["fails", ["fail", "fail", "fail"]],
    ["is cut", ["drop", "drop", "drop"]],
  ])("a claim that %s is made by the next run", async (_, faults) => {
    const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
    const { proxy, cleanupAt } = await worldWith("UpdateItem", faults);
    const first = await cleanupAt(60);
    expect(policyIn(first, "max-runtime")).toMatchObject({ due: 1, cancelled: 0, spared: { unavailable: 1 } });
    expect(await read(job)).toEqual(job);
    expect(policyIn(await cleanupAt(120), "max-runtime")).toMatchObject({ due: 1, cancelled: 1 });
    proxy.stop();
  });

  test("a claim whose answer is lost is made once, and counted once", async () => {
    const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
    const { proxy, cleanupAt, recorded } = await worldWith("UpdateItem", ["lose-answer"]);
    expect(policyIn(await cleanupAt(60), "max-runtime")).toMatchObject({ due: 1, cancelled: 1 });
    expect(await outcomeOf(job)).toEqual(cancelledBy("max-runtime", 60));
    expect(recorded.asked).toEqual([{ uid: job.uid, delaySeconds: 1 }]);
    proxy.stop();
  });

  const faults = (length: number, fault: Fault) => Array.from({ length }, () => fault);

  test("a run fails as a whole where no part of the index can be asked, and acts on nothing", async () => {
    const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
    // Of each shard, however often and patiently it is tried.
    const { proxy, cleanupAt, recorded } = await worldWith("Query", faults(shards.length * 15, "throttle"));
    await expect(cleanupAt(60)).rejects.toThrow(StoreThrottled);
    expect(await read(job)).toEqual(job);
    expect(recorded.published).toEqual([]);
    proxy.stop();
    await start().cleanupAt(120);
    expect(await stateOf(job)).toBe("stopping");
  });

  test("a run that cannot read its due jobs acts on none of them, says so, and leaves them to the next", async () => {
    const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
    const { proxy, cleanupAt, logged } = await worldWith("BatchGetItem", faults(3, "fail"));
    expect(await cleanupAt(60)).toMatchObject({ seen: 0, unreadable: 0 });
    expect(await read(job)).toEqual(job);
    expect(logged.join()).toContain("a part of a due queue could not be read");
    proxy.stop();
    await start().cleanupAt(120);
    expect(await stateOf(job)).toBe("stopping");
  });
});

describe("after an outage of our own nobody is dead", () => {
  test("even where the run that noticed it died, at whichever call", async () => {
    for (const nth of [1, 2, 3, 4]) {
      await clear();
      const job = await register();
      await start().cleanupAt(0);
      await start({ call: goneFrom(nth)(table().call) })
        .cleanupAt(600)
        .catch(() => {});
      await start().cleanupAt(660);
      expect(await stateOf(job), `call ${nth}`).toBe("running");
    }
  });

  test("to any of two runs that begin at once", async () => {
    const job = await register();
    const { cleanupAt } = start();
    await cleanupAt(0);
    await Promise.all([cleanupAt(600), cleanupAt(600), cleanupAt(600)]);
    expect(await stateOf(job)).toBe("running");
    await cleanupAt(660);
    await cleanupAt(720);
    expect((await read(job))?.cancellation).toMatchObject({ reason: "policy:heartbeat-lost", repeats: 0 });
  });
});

test("two runs at once that find the same jobs in different ways cancel each once", async () => {
  const jobs = await Promise.all([1, 2, 3, 4, 5].map(() => register({ ...lasting, maxRuntimeSeconds: 100 })));
  const summaries = await Promise.all([
    start({ policies: [old] }).cleanupAt(110),
    start({ policies: [old] }).cleanupAt(110),
    start().cleanupAt(110),
  ]);
  const cancelled = summaries.flatMap(({ policies }) => policies.map((policy) => policy.cancelled));
  expect(cancelled.reduce((sum, count) => sum + count)).toBe(5);
  for (const job of jobs)
    expect(await outcomeOf(job)).toMatchObject({ steps: ["stop-requested"], repeats: 0, at: 110 });
});

test("keys that the table leaves unprocessed are asked for again", async () => {
  const jobs = await Promise.all([1, 2, 3].map(() => register({ ...lasting, maxRuntimeSeconds: 50 })));
  const call: AwsCall = async (operation, input) => {
    if (operation !== "BatchGetItem") return table().call(operation, input);
    const { RequestItems } = input as { RequestItems: Record<string, { Keys: object[] }> };
    const [
      name = "",
      {
        Keys: [first = {}, ...rest],
      } = { Keys: [] },
    ] = Object.entries(RequestItems)[0] ?? [];
    const asking = (Keys: object[]) => ({ [name]: { ...RequestItems[name], Keys } });
    const result = await table().call(operation, { RequestItems: asking([first]) });
    return rest.length === 0 ? result : { ...result, UnprocessedKeys: asking(rest) };
  };
  expect(policyIn(await start({ call }).cleanupAt(60), "max-runtime")).toMatchObject({ due: 3, cancelled: 3 });
  expect(await Promise.all(jobs.map(stateOf))).toEqual(["stopping", "stopping", "stopping"]);
});

test("a job that is cancelled between being read and being put back stays with reconcile", async () => {
  const job = await register();
  await hear(job, 100);
  let claimed = false;
  const call: AwsCall = async (operation, input) => {
    if (operation === "UpdateItem" && !claimed && JSON.stringify(input).includes("cleanup#")) {
      claimed = true;
      const { change } = decideUnseen({
        rules: { states: ["running"], jobTypes: [job.jobType], residue: [] },
        trigger: "http",
        requestedBy: "ops",
        requestedAt: now + 120_000,
      });
      if (change) await table().jobs.changeIncarnation(job.uid, change);
    }
    return table().call(operation, input);
  };
  await start({ call }).cleanupAt(120);
  expect(claimed).toBe(true);
  expect(await read(job)).toMatchObject({ state: "stopping", dueAt: now + 121_000 });
  await start().sweepAt(400);
  expect(await stateOf(job)).toBe("cancelled");
});
