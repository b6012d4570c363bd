import { randomUUID } from "node:crypto";
import { cleanUp } from "../../functions/clean-up-stale-jobs/clean-up.ts";
import { directoryOf } from "../../shared/auth/directory.ts";
import { compose } from "../../shared/compose.ts";
import { settingsOf } from "../../shared/config/settings.ts";
import { jsonLog } from "../../shared/observability/log.ts";
import { embeddedMetrics } from "../../shared/observability/metrics.ts";
import type { Services } from "../../shared/services.ts";
import { dynamoDbJobStore } from "../../shared/store/dynamodb-job-store.ts";
import { dynamoDbWorklists } from "../../shared/store/dynamodb-worklists.ts";
import { type JobsTable, localAws } from "../../test/support/jobs-table.ts";
import { type Figure, figure } from "../bundle/statistics.ts";
import { config, dueJobs } from "./jobs.ts";
import { load, remove } from "./load.ts";
import { metered } from "./meter.ts";

export interface Row {
  readonly existing: number;
  readonly due: number;
  readonly cancelled: Figure;
  readonly readUnits: Figure;
  readonly writeUnits: Figure;
  readonly ms: Figure;
}

const warmUps = 6;
const minuteMs = 60_000;

/** Measures clean-up runs, a minute of the clock apart, on a table that is loaded between the rows. */
export const cleanUpBench = (table: JobsTable, startedAt: number) => {
  const clock = { time: startedAt, now: () => clock.time };
  const meter = metered(table.call);
  const services = servicesOn(table, meter.call, clock);

  const run = async (due: number) => {
    clock.time += minuteMs;
    const jobs = dueJobs(due, clock.time);
    await load(table, jobs);
    meter.reset();
    const began = performance.now();
    const { policies } = await cleanUp.run(services);
    const ms = performance.now() - began;
    const { read, written } = meter.units;
    // The next run shall find as many jobs as this one did.
    await remove(table, jobs);
    return { read, written, ms, cancelled: policies.reduce((sum, { cancelled }) => sum + cancelled, 0) };
  };

  return async (existing: number, due: number, runs: number): Promise<Row> => {
    // The first walks past all jobs that were loaded, once; the others warm up.
    for (let i = 0; i < warmUps; i++) await run(due);
    const samples = [];
    for (let i = 0; i < runs; i++) samples.push(await run(due));
    return {
      existing,
      due,
      cancelled: figure(samples.map(({ cancelled }) => cancelled)),
      readUnits: figure(samples.map(({ read }) => read)),
      writeUnits: figure(samples.map(({ written }) => written)),
      ms: figure(samples.map(({ ms }) => ms)),
    };
  };
};

/** The real services; only what is not the table's is left out, so that the time is that of the run and the table. */
const servicesOn = (
  { endpoint, table }: JobsTable,
  call: ReturnType<typeof metered>["call"],
  clock: Services["clock"],
): Services => {
  const aws = localAws(endpoint);
  const store = { call, table, newWriteId: randomUUID };
  const [directory, settings] = [directoryOf(config), settingsOf(config)];
  const made = { lines: 0 };
  const write = () => void made.lines++;
  return {
    ...compose({
      table,
      config: "unused",
      followUpQueue: "unused",
      eventBus: "unused",
      metricsNamespace: "bench",
      aws,
    }),
    clock,
    jobs: dynamoDbJobStore(store),
    worklists: dynamoDbWorklists(store),
    log: jsonLog(write, clock.now),
    metrics: embeddedMetrics(write, clock.now, "bench"),
    directory: async () => directory,
    settings: async () => settings,
    followUps: { schedule: async () => {} },
    events: { publish: async (events) => new Set(events.map(({ id }) => id)) },
  };
};
