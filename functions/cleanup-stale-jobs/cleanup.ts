import { withinMs } from "../../shared/concurrency/deadline.ts";
import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { Probe } from "../../shared/domain/decide-reconcile.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { cleanUpDueAt, isDead } from "../../shared/domain/staleness.ts";
import type { ScheduledFunction } from "../../shared/entrypoints/schedule.ts";
import type { Services } from "../../shared/ports/services.ts";
import { type Acted, act } from "./act.ts";
import { allOf, type Candidates, findCandidates, type Walk } from "./candidates.ts";
import { judge, type Known } from "./match-policies.ts";
import { type CleanUpSummary, publishSummary, summaryOf } from "./summary.ts";

/** Longer than a schedule is ever late: what lies between two such runs is an outage, unless runs are always so rare. */
const toleratedGapMs = 300_000;
const summaryMs = 3_000;

/**
 * Cancels what should no longer run: find candidates, judge them, act within the limits, put back what stays. Two runs
 * at once do no harm: every cancel is a claim that only one of them gets.
 */
export const cleanUp: ScheduledFunction<CleanUpSummary> = {
  run: async (services) => {
    const startedAt = services.clock.now();
    const { policies } = await services.settings();
    const principal: Principal = (await services.directory()).byTrigger("schedule") ?? nobody;
    const listeningSince = await services.worklists.beginRun(startedAt, toleratedGapMs);

    const candidates = await findCandidates(services, policies, principal, startedAt);
    const jobs = allOf(candidates);
    const known = await probeDead(services, jobs, { now: startedAt, listeningSince, alive: new Set() });
    const acted: Acted[] = [];
    for (const [policy, due] of judge(policies, jobs, known))
      acted.push(await act(services, policy, due, { principal, known }));

    const unfinished = unfinishedOf(acted);
    await putBack(services, candidates, acted, known);
    await advance(services, candidates.walks, unfinished, startedAt);
    const summary = summaryOf({ startedAt, finishedAt: services.clock.now(), jobs, candidates, acted });
    // Out of the time that is kept for it: a run that was cut short has cancelled jobs too.
    await withinMs(summaryMs, () => publishSummary(services, summary));
    return summary;
  },
};

/** Where the configuration lets nobody in on a schedule. */
const nobody: Principal = { name: "schedule", policies: [] };

/** The second sign of death: a job that looks dead is asked for at its backend, which may know better. */
const probeDead = async (
  { backends, clock }: Pick<Services, "backends" | "clock">,
  jobs: readonly Job[],
  known: Known,
): Promise<Known> => {
  const dead = jobs.filter((job) => isDead(job, known.now, known.listeningSince));
  const unknown: Probe = { kind: "unknown" };
  const probe = (job: Job) => backends[job.backend.kind].probe(job, clock.now()).catch(() => unknown);
  const probes = await mapAtMost(25, dead, probe);
  return { ...known, alive: new Set(dead.filter((_, index) => probes[index]?.kind === "alive").map(({ uid }) => uid)) };
};

/** Jobs that a policy is for, and that are not dealt with: they are to be found again by the next run. */
const unfinishedOf = (acted: readonly Acted[]): ReadonlySet<string> =>
  new Set(acted.flatMap(({ results }) => results.filter(({ again }) => again).map(({ job }) => job.uid)));

/** A job that the service lets nobody cancel now is not asked about every minute. */
const sparedMs = 600_000;

const putBack = async (
  { jobs, log }: Pick<Services, "jobs" | "log">,
  { due }: Candidates,
  acted: readonly Acted[],
  { now, listeningSince }: Known,
): Promise<void> => {
  const results = new Map(acted.flatMap(({ results }) => results.map((result) => [result.job.uid, result])));
  const nextOf = (job: Job): Instant | undefined => {
    const result = results.get(job.uid);
    if (result === undefined) return Math.max(cleanUpDueAt(job, listeningSince), now + 1000);
    return result.kind === "spared" && !result.again ? now + sparedMs : undefined;
  };
  await mapAtMost(25, due, async (job) => {
    const at = nextOf(job);
    if (at === undefined) return;
    try {
      await jobs.changeIncarnation(job.uid, { when: { states: ["running"] }, due: { on: "clean-up", at } });
    } catch (error) {
      log.error("a job could not be put back", { uid: job.uid }, error);
    }
  });
};

/** Every walk ends before the first job that is not done with, or where it looked no further. */
const advance = async (
  { worklists, log }: Pick<Services, "worklists" | "log">,
  walks: readonly Walk[],
  unfinished: ReadonlySet<string>,
  now: Instant,
): Promise<void> => {
  await Promise.all(
    walks.map(({ name, until, jobs, stoppedAt = until }) => {
      const open = jobs.filter(({ uid }) => unfinished.has(uid)).map((job) => job.startedAt ?? job.registeredAt);
      const failed = (error: unknown) => log.error("a policy will look at the same jobs again", {}, error);
      return worklists.advance(name, Math.min(until, stoppedAt, ...open), now).catch(failed);
    }),
  );
};
