import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { Probe } from "../../shared/domain/decide-reconcile.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { cleanupDueAt, isDead } from "../../shared/domain/staleness.ts";
import type { ScheduledFunction } from "../../shared/entrypoints/schedule.ts";
import { findBackend } from "../../shared/operations/find-backend.ts";
import type { Services } from "../../shared/ports/services.ts";
import { act, type PolicyResult } from "./act.ts";
import { type Candidates, findCandidates, type Scan, uniqueJobs } from "./candidates.ts";
import { matchPolicies, type RunContext } from "./match-policies.ts";
import { readRaisedLimits } from "./raised-limits.ts";
import { type CleanupSummary, publishSummary, toSummary } from "./summary.ts";

/** Cancels what should no longer run: finds candidates, judges them, acts within the limits, puts back what stays. Two runs at once do no harm. */
export const cleanup: ScheduledFunction<CleanupSummary> = {
  run: async ({ event, services, closing }) => {
    const startedAt = services.clock.now();
    const { policies } = await services.settings();
    const raised = readRaisedLimits(event, policies);
    if (raised) services.log.info("an operator raised the limits of this run", { policy: raised.policy });
    const principal: Principal = (await services.credentials()).byTrigger("schedule") ?? nobody;
    const listening = await services.dueQueue.beginRun(startedAt, await services.api.isUp());

    const candidates = await findCandidates(services, policies, principal, startedAt);
    const jobs = uniqueJobs(candidates);
    const known = await probeDead(services, jobs, { now: startedAt, listening, alive: new Set() });
    const acted: PolicyResult[] = [];
    for (const [policy, due] of matchPolicies(policies, jobs, known))
      acted.push(await act(services, policy, due, { principal, known, raised }));

    const unfinished = toUnfinished(acted);
    await putBack(services, candidates, acted, known);
    await saveCursors(services, candidates.scans, unfinished, startedAt);
    const summary = toSummary({ startedAt, finishedAt: services.clock.now(), jobs, candidates, acted, raised });
    // A run that was cut short has cancelled jobs too.
    await publishSummary(closing, summary);
    return summary;
  },
};

/** Where the configuration lets nobody in on a schedule. */
const nobody: Principal = { name: "schedule", policies: [] };

/** Asks the backends of jobs that seem dead: the second sign of death. */
const probeDead = async (
  { backends, clock }: Pick<Services, "backends" | "clock">,
  jobs: readonly Job[],
  known: RunContext,
): Promise<RunContext> => {
  const dead = jobs.filter((job) => isDead(job, known.now, known.listening));
  const unknown: Probe = { kind: "unknown" };
  const probe = (job: Job) =>
    findBackend(backends, job)
      .probe(job, clock.now())
      .catch(() => unknown);
  const probes = await mapAtMost(25, dead, probe);
  return { ...known, alive: new Set(dead.filter((_, index) => probes[index]?.kind === "alive").map(({ uid }) => uid)) };
};

/** Jobs that the next run is to find again. */
const toUnfinished = (acted: readonly PolicyResult[]): ReadonlySet<string> =>
  new Set(acted.flatMap(({ results }) => results.filter(({ again }) => again).map(({ job }) => job.uid)));

const sparedMs = 600_000;
const strangeMs = 3_600_000;

const putBack = async (
  { jobs, log }: Pick<Services, "jobs" | "log">,
  { due, strange }: Candidates,
  acted: readonly PolicyResult[],
  { now, listening }: RunContext,
): Promise<void> => {
  const results = new Map(acted.flatMap(({ results }) => results.map((result) => [result.job.uid, result])));
  const nextOf = (job: Job): Instant | undefined => {
    const result = results.get(job.uid);
    if (result === undefined) return Math.max(cleanupDueAt(job, listening, now), now + 1000);
    return result.kind === "spared" && !result.again ? now + sparedMs : undefined;
  };
  const nexts = [
    ...due.map((job) => [job, nextOf(job)] as const),
    ...strange.map((job) => [job, now + strangeMs] as const),
  ];
  await mapAtMost(25, nexts, async ([job, at]) => {
    if (at === undefined) return;
    const when = { states: [job.state], dueAt: job.dueAt ?? null } as const;
    try {
      await jobs.changeIncarnation(job.uid, { when, due: { on: "cleanup", at } });
    } catch (error) {
      log.error("a job could not be put back", { uid: job.uid }, error);
    }
  });
};

/** Ends every scan before the first job that is not done with. */
const saveCursors = async (
  { dueQueue, log }: Pick<Services, "dueQueue" | "log">,
  scans: readonly Scan[],
  unfinished: ReadonlySet<string>,
  now: Instant,
): Promise<void> => {
  await Promise.all(
    scans.map(({ name, until, jobs, stoppedAt = until }) => {
      const open = jobs.filter(({ uid }) => unfinished.has(uid)).map((job) => job.startedAt ?? job.registeredAt);
      const failed = (error: unknown) => log.error("a policy will judge the same jobs again", {}, error);
      return dueQueue.saveCursors(name, Math.min(until, stoppedAt, ...open), now).catch(failed);
    }),
  );
};
