import { randomUUID } from "node:crypto";
import { dynamoDbJobStore } from "../../shared/adapters/dynamodb/job-store.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Services } from "../../shared/ports/services.ts";
import { inProcessBundle } from "../../test/support/stack/bundle.ts";
import { aJob, aStoppingJob } from "../../test/support/stack/jobs.ts";
import { startJobsTable } from "../../test/support/stack/jobs-table.ts";
import { load, loadCounts, loadMany } from "../table/load.ts";
import { metered } from "../table/meter.ts";

export interface List {
  readonly name: string;
  readonly path: string;
  /** Which of its pages is measured. */
  readonly page: number;
  /** How much more than beside the fewest jobs a list may take, in read units. */
  readonly aim: number;
  readonly isOfTasks?: true;
}

const project = "b02ce40e8cb84a8e980fdb11fac657db";
const hourMs = 3_600_000;
const tasks = `/v3/${project}/scheduled-jobs`;

const aim = 1.5;
const aimOfTasks = 1.2;
const isOfTasks = true;

/** Everything but the number of jobs that live is the same on all tables. */
export const lists: readonly List[] = [
  { name: "GET /jobs?service=dli&limit=50, first page", path: "/jobs?service=dli&limit=50", page: 1, aim },
  {
    name: "GET /jobs?service=dli&project=…&limit=50, tenth page",
    path: `/jobs?service=dli&project=${project}&limit=50`,
    page: 10,
    aim,
  },
  {
    name: "GET /jobs?service=dli&state=running&limit=50",
    path: "/jobs?service=dli&state=running&limit=50",
    page: 1,
    aim,
  },
  { name: "GET /jobs?state=stopping", path: "/jobs?state=stopping", page: 1, aim },
  {
    name: "GET /jobs?service=dli&state=running&label=team=rare",
    path: "/jobs?service=dli&state=running&label=team%3Drare",
    page: 1,
    aim,
  },
  { name: "GET /jobs?service=dli&label=team=rare", path: "/jobs?service=dli&label=team%3Drare", page: 1, aim },
  { name: "GET …/scheduled-jobs, first page", path: tasks, page: 1, aim: aimOfTasks, isOfTasks },
  {
    name: "GET …/scheduled-jobs?limit=20, fiftieth page",
    path: `${tasks}?limit=20&offset=980`,
    page: 1,
    aim: aimOfTasks,
    isOfTasks,
  },
  {
    name: "GET …/scheduled-jobs?job_status=Pending",
    path: `${tasks}?job_status=Pending`,
    page: 1,
    aim: aimOfTasks,
    isOfTasks,
  },
];

/** Twenty are to stop, and the youngest twenty have a label that no other has. */
const few = 20;

const jobAt = (index: number, now: number): Job => {
  const registeredAt = now - hourMs + index;
  return index < few
    ? aStoppingJob(now, { registeredAt, heartbeatAt: now })
    : aJob({
        registeredAt,
        heartbeatAt: now,
        ...(index < 2 * few ? { registeredAt: now, labels: { team: "rare" } } : {}),
      });
};

/** The youngest twenty wait. The others ran for an hour each, and ended at any time of the last six days. */
const taskAt = (index: number, existing: number, now: number): Job => {
  const endedAt = now - hourMs - Math.floor((index * 6 * 24 * hourMs) / existing);
  const given = { service: "dds", jobType: "RESTART", counted: true, labels: {} } as const;
  return index < few
    ? aJob({ ...given, state: "queued", registeredAt: now - index, heartbeatAt: now })
    : aJob({ ...given, state: "succeeded", registeredAt: endedAt - hourMs, endedAt });
};

export const startBench = async (existing: number) => {
  const table = await startJobsTable();
  const now = Date.now();
  await loadMany(table, existing, (index) => jobAt(index, now));
  const made = Array.from({ length: existing }, (_, index) => taskAt(index, existing, now));
  await load(table, made);
  await loadCounts(table, made);
  const meter = metered(table.call);
  const jobs = dynamoDbJobStore({ call: meter.call, table: table.table, newWriteId: randomUUID });
  const bundle = inProcessBundle({ ...table, jobs } satisfies Pick<Services, "jobs">);
  bundle.clock.time = now;

  const run = async ({ path, page, isOfTasks: isTasks }: List) => {
    let cursor = "";
    for (let number = 1; ; number++) {
      meter.reset();
      const began = performance.now();
      const { status, body } = await bundle.send("GET", `${path}${cursor}`, {
        headers: isTasks ? { "x-auth-token": "ops-token" } : { authorization: "Bearer ops-token" },
      });
      const ms = performance.now() - began;
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      const shown = ((isTasks ? body.schedules : body.jobs) as readonly unknown[]).length;
      const total = path.includes("Pending") ? few : existing;
      if (isTasks && body.total_count !== total) throw new Error(`${path} counted ${body.total_count} of ${total}`);
      if (number === page) return { shown, units: meter.read, ms };
      cursor = `&cursor=${body.cursor}`;
    }
  };
  return { existing, run, stop: () => table.stop() };
};
