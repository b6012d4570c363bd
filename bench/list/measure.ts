import { randomUUID } from "node:crypto";
import { dynamoDbJobStore } from "../../shared/adapters/dynamodb/job-store.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Services } from "../../shared/ports/services.ts";
import { inProcessBundle } from "../../test/support/stack/bundle.ts";
import { aJob, aStoppingJob } from "../../test/support/stack/jobs.ts";
import { startJobsTable } from "../../test/support/stack/jobs-table.ts";
import { loadMany } from "../table/load.ts";
import { metered } from "../table/meter.ts";

export interface List {
  readonly name: string;
  readonly path: string;
  /** Which of its pages is measured. */
  readonly page: number;
}

const project = "b02ce40e8cb84a8e980fdb11fac657db";
const hourMs = 3_600_000;

/** Everything but the number of jobs that live is the same on all tables. */
export const lists: readonly List[] = [
  { name: "GET /jobs?service=dli&limit=50, first page", path: "/jobs?service=dli&limit=50", page: 1 },
  {
    name: "GET /jobs?service=dli&project=…&limit=50, tenth page",
    path: `/jobs?service=dli&project=${project}&limit=50`,
    page: 10,
  },
  { name: "GET /jobs?service=dli&state=running&limit=50", path: "/jobs?service=dli&state=running&limit=50", page: 1 },
  { name: "GET /jobs?state=stopping", path: "/jobs?state=stopping", page: 1 },
  {
    name: "GET /jobs?service=dli&state=running&label=team=rare",
    path: "/jobs?service=dli&state=running&label=team%3Drare",
    page: 1,
  },
  { name: "GET /jobs?service=dli&label=team=rare", path: "/jobs?service=dli&label=team%3Drare", page: 1 },
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

export const startBench = async (existing: number) => {
  const table = await startJobsTable();
  const now = Date.now();
  await loadMany(table, existing, (index) => jobAt(index, now));
  const meter = metered(table.call);
  const jobs = dynamoDbJobStore({ call: meter.call, table: table.table, newWriteId: randomUUID });
  const bundle = inProcessBundle({ ...table, jobs } satisfies Pick<Services, "jobs">);
  bundle.clock.time = now;

  const run = async ({ path, page }: List) => {
    let cursor = "";
    for (let number = 1; ; number++) {
      meter.reset();
      const began = performance.now();
      const { status, body } = await bundle.send("GET", `${path}${cursor}`, {
        headers: { authorization: "Bearer ops-token" },
      });
      const ms = performance.now() - began;
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      const shown = (body.jobs as readonly unknown[]).length;
      if (number === page) return { shown, units: meter.read, ms };
      cursor = `&cursor=${body.cursor}`;
    }
  };
  return { existing, run, stop: () => table.stop() };
};
