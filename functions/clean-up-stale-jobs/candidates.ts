import { hash } from "node:crypto";
import type { Instant, Job } from "../../shared/cancellation/job.ts";
import { isWhole } from "../../shared/cancellation/whole.ts";
import { type CleanUpPolicy, isSelected } from "../../shared/config/settings.ts";
import { mapAtMost } from "../../shared/map-at-most.ts";
import { uidPattern } from "../../shared/normalization/job-key.ts";
import type { Services } from "../../shared/services.ts";
import { services as serviceList } from "../operations.ts";

/** Jobs that may be stale; whether they are is judged one by one. */
export interface Candidates {
  /** Those of the clean-up worklist: each must be put back, or cancelled. */
  readonly due: readonly Job[];
  /** Those that became older than a policy allows since its last walk. */
  readonly walks: readonly Walk[];
  readonly unreadable: number;
}

/** A policy's way through the active jobs, oldest first, up to those that are too young for it. */
export interface Walk {
  readonly policy: CleanUpPolicy;
  readonly name: string;
  readonly until: Instant;
  readonly jobs: readonly Job[];
  readonly unreadable: number;
  /** The moment from which on it has not looked, because it found too much. */
  readonly stoppedAt?: Instant;
}

/** More than any run should act on: the circuit breaker, not the table, is what ends such a run. */
const mostDue = 40_000;
const mostOfOneWalk = 1_000;
/** For how long an index entry may lag behind its item at most. */
const indexLagMs = 300_000;

export const findCandidates = async (
  services: Pick<Services, "jobs" | "worklists">,
  policies: readonly CleanUpPolicy[],
  now: Instant,
): Promise<Candidates> => {
  const found = await services.worklists.due("clean-up", now, mostDue);
  const due = found.jobs.filter(isOurs);
  const unreadable = found.unreadable + found.jobs.length - due.length;
  // A policy that asks for silence too is judged when the silence is due.
  const walking = policies.filter((policy) => policy.maxRuntimeSeconds !== undefined && !policy.heartbeatLost);
  const walks = await Promise.all(walking.map((policy) => walk(services, policy, now)));
  return { due, walks, unreadable: walks.reduce((sum, each) => sum + each.unreadable, unreadable) };
};

const walk = async (
  { jobs, worklists }: Pick<Services, "jobs" | "worklists">,
  policy: CleanUpPolicy,
  now: Instant,
): Promise<Walk> => {
  const name = nameOf(policy);
  const until = now - (policy.maxRuntimeSeconds ?? 0) * 1000;
  const after = (await worklists.position(name)) - indexLagMs;
  const found: { uid: string; activeSince: Instant }[] = [];
  for (const service of servicesOf(policy))
    for await (const entry of worklists.activeSince(service, after, until))
      if (isSelected(policy, { ...entry, service })) found.push(entry);

  const oldestFirst = found.sort((a, b) => a.activeSince - b.activeSince);
  const read = await mapAtMost(25, oldestFirst.slice(0, mostOfOneWalk), ({ uid }) => readOne(jobs, uid));
  const stoppedAt = oldestFirst[mostOfOneWalk]?.activeSince;
  return {
    policy,
    name,
    until,
    jobs: read.filter((job) => typeof job === "object"),
    unreadable: read.filter((job) => job === "unreadable").length,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
};

/** Undefined where it is gone. A uid that is none would lead to no item, and the table would refuse to look for it. */
const readOne = async (
  { get }: Pick<Services["jobs"], "get">,
  uid: string,
): Promise<Job | "unreadable" | undefined> => {
  const job = uidPattern.test(uid) ? await get(uid) : "unreadable";
  return typeof job === "object" && !(isWhole(job) && isOurs(job)) ? "unreadable" : job;
};

/** How a job of a service that is not known may be cancelled, nobody can say. */
const isOurs = ({ service }: Job): boolean => serviceList.some(({ name }) => name === service);

export const servicesOf = ({ service }: Pick<CleanUpPolicy, "service">): readonly string[] =>
  service === undefined ? serviceList.map(({ name }) => name) : [service];

/** A policy that was changed begins anew. */
const nameOf = ({ name, service, selector, maxRuntimeSeconds, action }: CleanUpPolicy): string =>
  `policy ${hash("sha256", JSON.stringify([name, service, selector, maxRuntimeSeconds, action]))}`;

/** Each job once, whichever way it was found. */
export const allOf = ({ due, walks }: Candidates): readonly Job[] => {
  const byUid = new Map([...due, ...walks.flatMap(({ jobs }) => jobs)].map((job) => [job.uid, job]));
  return [...byUid.values()];
};
