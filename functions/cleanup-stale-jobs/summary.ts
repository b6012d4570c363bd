import type { Instant, Job } from "../../shared/domain/job.ts";
import { timestamp } from "../../shared/domain/timestamp.ts";
import type { Services } from "../../shared/ports/services.ts";
import type { PolicyResult, Result } from "./act.ts";
import type { Candidates } from "./candidates.ts";
import { limitNames } from "./limits.ts";
import type { RaisedLimits } from "./raised-limits.ts";

export interface CleanupSummary {
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Jobs that were judged, and how many of them were alive and well. */
  readonly seen: number;
  readonly live: number;
  readonly unreadable: number;
  /** What an operator raised for this run alone. */
  readonly raised?: RaisedLimits;
  readonly policies: readonly {
    readonly name: string;
    readonly action: "cancel" | "report";
    readonly due: number;
    readonly cancelled: number;
    readonly reported: number;
    readonly spared: Readonly<Record<string, number>>;
    /** The farthest-reaching limit that would have been exceeded; `spared` counts the jobs under each. */
    readonly tripped: string | null;
  }[];
  /** The first jobs that were due, each with what became of it. */
  readonly jobs: readonly object[];
}

/** An event may have 256 KB. */
const maxJobs = 200;

export const toSummary = (run: {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly jobs: readonly Job[];
  readonly candidates: Candidates;
  readonly acted: readonly PolicyResult[];
  readonly raised: RaisedLimits | undefined;
}): CleanupSummary => {
  const { startedAt, finishedAt, jobs, candidates, acted, raised } = run;
  const stale = new Set(acted.flatMap(({ results }) => results.map(({ job }) => job.uid)));
  return {
    startedAt: timestamp(startedAt),
    finishedAt: timestamp(finishedAt),
    seen: jobs.length,
    live: jobs.length - stale.size,
    unreadable: candidates.unreadable,
    ...(raised === undefined ? {} : { raised }),
    policies: acted.map(({ policy: { name, action }, results, tripped }) => ({
      name,
      action,
      due: results.length,
      cancelled: countKind(results, "cancelled"),
      reported: countKind(results, "reported"),
      spared: countReasons(results),
      tripped: limitNames.findLast((limit) => tripped.includes(limit)) ?? null,
    })),
    jobs: acted
      .flatMap(({ policy, results }) => results.map((result) => jobView(policy.name, result)))
      .slice(0, maxJobs),
  };
};

const jobView = (policy: string, { job, kind, why }: Result) => ({
  uid: job.uid,
  service: job.service,
  jobId: job.jobId,
  policy,
  result: kind,
  ...(why === undefined ? {} : { why }),
});

const countKind = (results: readonly Result[], kind: Result["kind"]): number =>
  results.filter((result) => result.kind === kind).length;

const countReasons = (results: readonly Result[]): Record<string, number> => {
  const reasons: Record<string, number> = {};
  for (const { why } of results) if (why !== undefined) reasons[why] = (reasons[why] ?? 0) + 1;
  return reasons;
};

export const publishSummary = async (
  { events, metrics, log, ids }: Pick<Services, "events" | "metrics" | "log" | "ids">,
  summary: CleanupSummary,
): Promise<void> => {
  for (const { name, cancelled, tripped } of summary.policies) {
    const dimensions = { policy: name };
    if (cancelled > 0) metrics.put({ name: "CleanupCancelled", value: cancelled, unit: "Count", dimensions });
    if (tripped) metrics.put({ name: "CleanupTripped", value: 1, unit: "Count", dimensions, total: true });
  }
  log.info("cleanup finished", { count: summary.policies.reduce((sum, { cancelled }) => sum + cancelled, 0) });
  const event = {
    specversion: "1.0",
    id: ids.jobId(),
    source: "urn:standdown:cleanup-stale-jobs",
    type: "dev.standdown.cleanup.finished.v1",
    time: summary.finishedAt,
    datacontenttype: "application/json",
    data: summary,
  } as const;
  try {
    await events.publish([event]);
  } catch (error) {
    log.error("the summary could not be published", {}, error);
  }
};
