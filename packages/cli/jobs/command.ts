import { setTimeout as pause } from "node:timers/promises";
import type { Standdown } from "../../client/src/standdown.ts";
import type { Job, JobFilter } from "../../client/src/wire-views.ts";
import { filterOptions, filterUsage, readFilter } from "../options/job-filter.ts";
import {
  listFormats,
  openServer,
  readCommandLine,
  readFormat,
  readSeconds,
  serverUsage,
} from "../options/server-options.ts";
import { UsageError } from "../options/usage-error.ts";
import { printData } from "../output/print.ts";
import { type Terminal, terminalOf, toAge, toTable } from "../output/terminal.ts";

export const usage = `usage: standdown jobs [filters] [-o table|json|yaml|name] [--watch] [--limit N]

Lists jobs, newest first within a service and project.

${filterUsage}
  --limit N            at most so many, 100 unless given; 0 for all
  --watch              again every two seconds, or every --every TIME

examples:
  standdown jobs --state running
  standdown jobs --outcome not-stopped            what was cancelled and runs on
  standdown jobs --label team=etl -o name | xargs standdown cancel --reason "wrong input"

${serverUsage}`;

export const flags = [...Object.keys(filterOptions), "limit", "watch", "every", "output"];

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readCommandLine(args, {
    ...filterOptions,
    limit: { type: "string" },
    watch: { type: "boolean" },
    every: { type: "string" },
  });
  if (asked.positionals.length > 0) throw new UsageError(`standdown jobs takes no ${asked.positionals[0]}`);
  const format = readFormat(asked, listFormats);
  const limit = asked.text("limit") ?? "100";
  if (!/^\d{1,6}$/.test(limit)) throw new UsageError("--limit must be a number");
  const everyMs = (readSeconds(asked, "every") ?? 2) * 1000;
  const standdown = openServer(asked, env);
  const terminal = terminalOf(process.stdout, env);
  for (;;) {
    const jobs = await list(standdown, readFilter(asked), Number(limit));
    if (asked.values.watch && terminal.isLive) process.stdout.write("\u001b[H\u001b[2J");
    if (format === "name") for (const { uid } of jobs) console.log(uid);
    else if (format === "table") for (const line of jobTable(jobs, terminal, Date.now())) console.log(line);
    else await printData(jobs, format);
    if (!asked.values.watch) return 0;
    await pause(everyMs);
  }
};

const list = async (standdown: Standdown, filter: JobFilter, limit: number): Promise<readonly Job[]> => {
  const jobs: Job[] = [];
  for await (const job of standdown.jobs.list(filter, { pageSize: limit === 0 ? 100 : Math.min(limit, 100) })) {
    jobs.push(job);
    if (jobs.length === limit) break;
  }
  return jobs;
};

const head = ["UID", "SERVICE", "JOB ID", "STATE", "CANCEL", "AGE", "HEARD", "LABELS"];

const jobTable = (jobs: readonly Job[], terminal: Terminal, now: number): readonly string[] => {
  const rows = jobs.map((job) => [
    job.uid,
    job.service,
    job.jobId,
    job.state,
    job.cancel === null ? "-" : (job.cancel.assurance ?? job.cancel.outcome),
    toAge(job.registeredAt, now),
    toAge(job.heartbeatAt, now),
    Object.entries(job.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  ]);
  const [first = "", ...lines] = toTable(head, rows, terminal.columns);
  return [terminal.style("bold", first), ...lines];
};
