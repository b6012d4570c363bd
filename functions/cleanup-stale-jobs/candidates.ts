import { hash } from "node:crypto";
import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { tellOfPage } from "../../shared/operations/tell-of-page.ts";
import type { DueQueue } from "../../shared/ports/due-queue.ts";
import type { Services } from "../../shared/ports/services.ts";
import { knownServices } from "../registry.ts";
import { blockedReason, matchesSelector } from "./match-policies.ts";

/** Jobs that may be stale; whether they are is judged one by one. */
export interface Candidates {
  /** Each must be put back, or cancelled. */
  readonly due: readonly Job[];
  /** Of services that this version does not know. */
  readonly strange: readonly Job[];
  /** Those that became older than a policy allows since its last scan. */
  readonly scans: readonly Scan[];
  readonly unreadable: number;
}

/** A policy's way through the active jobs, oldest first, up to those that are too young for it. */
export interface Scan {
  readonly jobs: readonly Job[];
  readonly unreadable: number;
  readonly policy: CleanupPolicy;
  readonly name: string;
  readonly until: Instant;
  /** Where it stopped reading, because it found too much. */
  readonly stoppedAt?: Instant;
}

/** More than any run should act on. */
const maxDue = 40_000;
const maxScanned = 1_000;
const indexLagMs = 300_000;

export const findCandidates = async (
  { dueQueue, log, metrics, clock }: Pick<Services, "dueQueue" | "log" | "metrics" | "clock">,
  policies: readonly CleanupPolicy[],
  principal: Principal,
  now: Instant,
): Promise<Candidates> => {
  const page = await dueQueue.due("cleanup", now, maxDue);
  tellOfPage({ log, metrics, clock }, "cleanup", page, true);
  const { known: due, strange } = byService(page.jobs);
  // A policy that asks for silence too is judged when the silence is due.
  const scanning = policies.filter((policy) => policy.maxRuntimeSeconds !== undefined && !policy.heartbeatLost);
  const scanOrNone = (policy: CleanupPolicy) =>
    scan(dueQueue, policy, principal, now).catch((error: unknown) => {
      log.error("a policy could not find its jobs", { policy: policy.name }, error);
      return undefined;
    });
  const scans = (await Promise.all(scanning.map(scanOrNone))).filter((each) => each !== undefined);
  const unreadable = page.unreadable.length + strange.length;
  return { due, strange, scans, unreadable: scans.reduce((sum, each) => sum + each.unreadable, unreadable) };
};

const scan = async (dueQueue: DueQueue, policy: CleanupPolicy, principal: Principal, now: Instant): Promise<Scan> => {
  const name = toName(policy);
  const until = now - (policy.maxRuntimeSeconds ?? 0) * 1000;
  const after = (await dueQueue.position(name)) - indexLagMs;
  const found: { uid: string; activeSince: Instant }[] = [];
  for (const service of policyServices(policy))
    for await (const entry of dueQueue.activeSince(service, after, until))
      if (matchesSelector(policy, { ...entry, service })) found.push(entry);

  const oldestFirst = found.sort((a, b) => a.activeSince - b.activeSince);
  const jobs: Job[] = [];
  let unreadable = 0;
  let next = 0;
  // Jobs that nobody can cancel now must not fill a scan.
  for (let open = 0; next < oldestFirst.length && open < maxScanned; next += maxScanned) {
    const read = await dueQueue.read(oldestFirst.slice(next, next + maxScanned).map(({ uid }) => uid));
    const { known, strange } = byService(read.jobs);
    jobs.push(...known);
    unreadable += read.unreadable.length + strange.length;
    open += known.filter((job) => job.state === "running" && blockedReason(job, principal) === undefined).length;
  }
  const stoppedAt = oldestFirst[next]?.activeSince;
  return { policy, name, until, jobs, unreadable, ...(stoppedAt === undefined ? {} : { stoppedAt }) };
};

const byService = (jobs: readonly Job[]) => {
  const isKnown = ({ service }: Job): boolean => knownServices.some(({ name }) => name === service);
  return { known: jobs.filter(isKnown), strange: jobs.filter((job) => !isKnown(job)) };
};

export const policyServices = ({ service }: Pick<CleanupPolicy, "service">): readonly string[] =>
  service === undefined ? knownServices.map(({ name }) => name) : [service];

/** A policy that was changed begins anew. */
const toName = ({ name, service, selector, maxRuntimeSeconds, action }: CleanupPolicy): string =>
  `policy ${hash("sha256", JSON.stringify([name, service, selector, maxRuntimeSeconds, action]))}`;

export const uniqueJobs = ({ due, scans }: Candidates): readonly Job[] => {
  const byUid = new Map([...due, ...scans.flatMap(({ jobs }) => jobs)].map((job) => [job.uid, job]));
  return [...byUid.values()];
};
