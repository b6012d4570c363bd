import { randomUUID } from "node:crypto";
import { cleanup } from "../../functions/cleanup-stale-jobs/cleanup.ts";
import { embeddedMetrics } from "../../shared/adapters/cloudwatch/embedded-metrics.ts";
import { jsonLog } from "../../shared/adapters/cloudwatch/json-log.ts";
import { dynamoDbDueQueue } from "../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "../../shared/adapters/dynamodb/job-store.ts";
import { conflictingItem } from "../../shared/adapters/dynamodb/table-call.ts";
import { createCredentialStore } from "../../shared/auth/credential-store.ts";
import { backendKinds } from "../../shared/backends/registry.ts";
import { noDeadline } from "../../shared/concurrency/deadline.ts";
import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import { toSettings } from "../../shared/config/settings.ts";
import { createServices } from "../../shared/container.ts";
import type { Services } from "../../shared/ports/services.ts";
import { type JobsTable, localAws, startJobsTable } from "../../test/support/stack/jobs-table.ts";
import { scheduledRun } from "../../test/support/stack/runs.ts";
import { load, loadMany, remove } from "../table/load.ts";
import { metered } from "../table/meter.ts";
import { config, dueJobs, existingJob } from "./jobs.ts";

/** One cleanup run, and the calls that it made to the table once more, by themselves. */
export interface Sample {
  readonly cancelled: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly ms: number;
  readonly tableMs: number;
}

const minuteMs = 60_000;
/** The cleanup has run for so long without a gap. */
const listenedMs = 30 * minuteMs;
/** As many calls at once as a run makes. */
const atOnce = 25;

/** A table of its own with so many jobs, all alive or ended. */
export const startBench = async (existing: number) => {
  const table = await startJobsTable();
  // The time stands still: what is alive in one round is alive in the next.
  const now = Date.now();
  const clock: Services["clock"] = { now: () => now };
  await loadMany(table, existing, (index) => existingJob(index, now));
  for (let at = now - listenedMs; at <= now; at += minuteMs) await table.dueQueue.beginRun(at, true);
  const meter = metered(table.call);
  const services = servicesOn(table, meter.call, clock);

  const run = async (due: number): Promise<Sample> => {
    const jobs = dueJobs(due, now);
    await load(table, jobs);
    meter.reset();
    const began = performance.now();
    const { policies } = await cleanup.run(scheduledRun(services));
    const ms = performance.now() - began;
    const { read: readUnits, written: writeUnits, calls } = meter;
    const cancelled = policies.reduce((sum, policy) => sum + policy.cancelled, 0);

    // The same jobs as they were, so that every condition holds once more.
    await load(table, jobs);
    const beganAgain = performance.now();
    await mapAtMost(atOnce, calls, ([operation, input]) => table.call(operation, input).catch(unlessLostRace));
    const tableMs = performance.now() - beganAgain;
    // The next run shall find as many jobs as this one did.
    await remove(table, jobs);
    return { cancelled, readUnits, writeUnits, ms, tableMs };
  };
  return { existing, run, stop: () => table.stop() };
};

/** That this run has begun is true already the second time, which costs the table the same. */
const unlessLostRace = (error: unknown): void => void conflictingItem(error);

/** The real services; only what is not the table's is left out, so that the time is that of the run and the table. */
const servicesOn = (
  { endpoint, table }: JobsTable,
  call: ReturnType<typeof metered>["call"],
  clock: Services["clock"],
): Services => {
  const aws = localAws(endpoint);
  const store = { call, table, newWriteId: randomUUID };
  const [credentials, settings] = [createCredentialStore(config), toSettings(config)];
  const made = { lines: 0 };
  const write = () => void made.lines++;
  return {
    ...createServices({
      table,
      config: "unused",
      reconcileQueue: "unused",
      eventBus: "unused",
      metricsNamespace: "bench",
      aws,
    })(noDeadline),
    clock,
    jobs: dynamoDbJobStore(store),
    dueQueue: dynamoDbDueQueue({ ...store, backendKinds }),
    log: jsonLog(write, clock.now),
    metrics: embeddedMetrics(write, clock.now, "bench"),
    credentials: async () => credentials,
    settings: async () => settings,
    reconcileQueue: { schedule: async () => {} },
    events: { publish: async (events) => new Set(events.map(({ id }) => id)) },
  };
};
