import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AwsCall, jsonClient } from "../../shared/aws/json-client.ts";
import { dynamoDb } from "../../shared/store/table-call.ts";
import { callJobApi } from "../support/cancel-requests.ts";
import { type Fault, startFaultyProxy } from "../support/faulty-proxy.ts";
import { now } from "../support/jobs.ts";
import { localAws } from "../support/jobs-table.ts";
import { diesAt, lasting, type PolicyInput, policyIn, useScheduledRuns } from "../support/scheduled-runs.ts";

const { start, table, register, read, stateOf, hear } = useScheduledRuns();

const old: PolicyInput = { name: "old", service: "dli", maxRuntimeSeconds: 100, action: "cancel" };

describe("a run that dies loses nothing and does nothing twice", () => {
  /** At 120 s: one job of each kind that a run treats differently. */
  const registerEach = async () => ({
    silent: await register({ service: "ges", jobType: "algorithm", heartbeatTimeoutSeconds: 60 }),
    tooOld: await register({ ...lasting, service: "ges", jobType: "algorithm", maxRuntimeSeconds: 100 }),
    walkedTo: await register(lasting),
    alive: await register({ service: "ges", jobType: "algorithm", heartbeatTimeoutSeconds: 60 }),
    spared: await register({ ...lasting, service: "dds", jobType: "RESTART", maxRuntimeSeconds: 100 }),
  });
  type Each = Awaited<ReturnType<typeof registerEach>>;

  const outcomesOf = async (each: Each) => {
    const entries = Object.entries(each).map(async ([name, { uid }]) => {
      const { state, cancellation, dueAt } = (await read({ uid })) ?? {};
      const steps = cancellation?.steps.map(({ step }) => step);
      return [name, { state, reason: cancellation?.reason, steps, repeats: cancellation?.repeats, dueAt }];
    });
    return Object.fromEntries(await Promise.all(entries));
  };

  const cancelled = (policy: string, seconds: number) => ({
    state: "stopping",
    reason: `policy:${policy}`,
    steps: ["requested"],
    repeats: 0,
    dueAt: now + seconds * 1000 + 1000,
  });
  const running = (dueAt: number) => ({ state: "running", dueAt: now + dueAt * 1000 });

  const runThrough = async (lastCall: number) => {
    const each = await registerEach();
    await hear(each.alive, 100);
    let calls = 0;
    const dying = diesAt(lastCall, table().call);
    const call: AwsCall = (...asked) => {
      calls++;
      return dying(...asked);
    };
    const ended = await start({ policies: [old], call })
      .cleanUpAt(120)
      .then(
        () => "finished",
        () => "died",
      );
    return { each, calls, ended };
  };

  test("whichever call is its last", { timeout: 120_000 }, async () => {
    const whole = await runThrough(Number.POSITIVE_INFINITY);
    expect(whole.ended).toBe("finished");
    expect(await outcomesOf(whole.each)).toEqual({
      silent: cancelled("heartbeat-lost", 120),
      tooOld: cancelled("max-runtime", 120),
      walkedTo: cancelled("old", 120),
      alive: running(220),
      spared: running(720),
    });
    const ends = new Set<string>();
    // Each life on the same table, an hour after the one before and with jobs of its own, would find what those left.
    for (let lastCall = 1; lastCall <= whole.calls; lastCall++) {
      await table().call("DeleteTable", { TableName: table().table }).catch(() => {});
      ends.add(String(lastCall));
    }
  });
});
void [afterEach, beforeEach, jsonClient, dynamoDb, callJobApi, startFaultyProxy, localAws, policyIn, stateOf] satisfies unknown[];
export type { Fault };
