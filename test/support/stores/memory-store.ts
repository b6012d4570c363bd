import type { Change } from "../../../shared/domain/change.ts";
import {
  type DueQueueName,
  type Instant,
  isForeign,
  isTerminal,
  type Job,
  joinTombstones,
  type Tombstone,
} from "../../../shared/domain/job.ts";
import { jobUid, uidToKey, uidToTime } from "../../../shared/domain/job-key.ts";
import { addRun, type RunRecord, toListening } from "../../../shared/domain/listening.ts";
import { isKeyed } from "../../../shared/domain/registration-id.ts";
import { inheritDigests } from "../../../shared/domain/request-digests.ts";
import { cleanupDueAt } from "../../../shared/domain/staleness.ts";
import type { DueQueue } from "../../../shared/ports/due-queue.ts";
import { InvalidCursor, type JobStore, type Written } from "../../../shared/ports/job-store.ts";
import { applyChange } from "../model/apply-change.ts";

/** One incarnation, with what serves the store alone. */
interface Kept {
  readonly job: Job;
  readonly registration: string;
  readonly on?: DueQueueName | undefined;
}

interface KeptTombstone {
  readonly tombstone: Tombstone;
  /** All secrets that were given; none means every job. */
  readonly secretHashes: ReadonlySet<string>;
}

/**
 * A job store and its due queue in the memory of this process. The conformance suites hold it to the same contract as the
 * table.
 */
export const memoryStore = (): { readonly jobs: JobStore; readonly dueQueue: DueQueue } => {
  /** By uid. */
  const kept = new Map<string, Kept>();
  /** The uid of the newest incarnation, by key. */
  const newest = new Map<string, string>();
  const tombstones = new Map<string, KeptTombstone>();
  const scans = new Map<string, Instant>();
  let runs: RunRecord | undefined;

  const newestAt = (key: string): Kept | undefined => kept.get(newest.get(key) ?? "");

  const write = (found: Kept | undefined, change: Change): Written => {
    if (found === undefined) return { applied: false, job: undefined };
    const job = applyChange(found.job, change);
    if (job === undefined) return { applied: false, job: found.job };
    const on = job.dueAt === undefined ? undefined : change.due === undefined ? found.on : dueOn(change);
    kept.set(job.uid, { ...found, job, on });
    return { applied: true, job };
  };

  const put = (job: Job, registration: string): Job => {
    kept.set(job.uid, { job: { ...job, dueAt: cleanupDueAt(job) }, registration, on: "cleanup" });
    newest.set(uidToKey(job.uid), job.uid);
    return job;
  };

  const standingTombstone = ({ uid, registeredAt, secretHash }: Job): Tombstone | undefined => {
    const standing = tombstones.get(uidToKey(uid));
    if (standing === undefined || standing.tombstone.until <= registeredAt) return undefined;
    const { tombstone, secretHashes } = standing;
    const isOfAnother = secretHash !== undefined && secretHashes.size > 0 && !secretHashes.has(secretHash);
    return isOfAnother ? undefined : tombstone;
  };

  const jobs: JobStore = {
    async register(job, registration) {
      const key = uidToKey(job.uid);
      const found = newestAt(key);
      if (found === undefined) {
        const tombstone = standingTombstone(job);
        if (tombstone) return { registered: false, tombstone };
        tombstones.delete(key);
        return { registered: true, job: put(job, registration) };
      }
      if (found.registration === registration) return { registered: true, job: found.job };
      const former = isKeyed(registration) && [...kept.values()].find((each) => each.registration === registration);
      if (former) return { registered: true, job: former.job };
      if (!isTerminal(found.job.state) || isForeign(found.job, job.account))
        return { registered: false, job: found.job };
      const { uid: supersedes, endedAt = 0 } = found.job;
      const registeredAt = Math.max(job.registeredAt, endedAt);
      const time = Math.max(uidToTime(job.uid), registeredAt, uidToTime(supersedes) + 1);
      const formerDigests = inheritDigests(found.job, registeredAt);
      const inherited = formerDigests.length > 0 ? { formerDigests } : {};
      const next = { ...job, uid: jobUid(time, key), supersedes, formerEndedAt: endedAt, registeredAt, ...inherited };
      return { registered: true, job: put(next, registration) };
    },
    async putTombstone(key, tombstone) {
      const found = newestAt(key);
      if (found) return found.job;
      const standing = tombstones.get(key);
      const hashes = tombstone.secretHash === undefined ? [] : [tombstone.secretHash];
      if (standing === undefined || standing.tombstone.until <= tombstone.requestedAt) {
        const { secretHash: _, ...shown } = tombstone;
        tombstones.set(key, { tombstone: shown, secretHashes: new Set(hashes) });
      } else {
        const isOpen = standing.secretHashes.size === 0;
        const secretHashes = isOpen ? standing.secretHashes : new Set([...standing.secretHashes, ...hashes]);
        tombstones.set(key, { tombstone: joinTombstones(standing.tombstone, tombstone), secretHashes });
      }
      return undefined;
    },
    change: async (key, change) => write(newestAt(key), change),
    changeIncarnation: async (uid, change) => write(kept.get(uid), { ...change, when: { ...change.when, uid } }),
    get: async (uid) => kept.get(uid)?.job,
    newest: async (key) => newestAt(key)?.job,
    async ownership(uid, mayTouch) {
      const job = kept.get(uid)?.job;
      if (job === undefined || !mayTouch(job)) return undefined;
      const { service, scope, owner, account } = job;
      return { uid, service, scope, owner, ...(account === undefined ? {} : { account }) };
    },
    async list({ services, owner, limit, cursor, keep }) {
      const found = services.flatMap((service) =>
        [...kept.values()]
          .map(({ job }) => job)
          .filter((job) => job.service === service && (owner === undefined || job.owner === owner))
          .sort((a, b) => (a.uid < b.uid ? 1 : -1)),
      );
      const last = cursor === undefined ? -1 : found.findIndex(({ uid }) => uid === cursor);
      if (cursor !== undefined && last === -1) throw new InvalidCursor("the cursor is none of this list");
      const wanted = found.slice(last + 1).filter(keep);
      const page = wanted.slice(0, limit);
      const next = wanted.length > limit ? page.at(-1)?.uid : undefined;
      return { jobs: page, ...(next === undefined ? {} : { cursor: next }) };
    },
    async count({ service, owner, account, states, jobType, endedSince }) {
      const since = Math.floor(endedSince / 1000) * 1000;
      return [...newest.values()].filter((uid) => {
        const job = kept.get(uid)?.job;
        return (
          job?.counted === true &&
          job.service === service &&
          job.owner === owner &&
          !isForeign(job, account) &&
          (states === undefined || states.includes(job.state)) &&
          (jobType === undefined || job.jobType === jobType) &&
          (!isTerminal(job.state) || (job.endedAt ?? 0) >= since)
        );
      }).length;
    },
  };

  const active = (service: string) =>
    [...kept.values()].map(({ job }) => job).filter((job) => job.service === service && !isTerminal(job.state));

  const dueQueue: DueQueue = {
    async due(queueName, now, limit, after) {
      const found = [...kept.values()]
        .filter(({ on, job: { dueAt } }) => on === queueName && dueAt !== undefined && dueAt <= now)
        .map(({ job }) => job)
        .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || (a.uid < b.uid ? -1 : 1))
        .filter(({ dueAt = 0, uid }) => {
          const { last = 0, lastUid = "" } = (after ?? {}) as { last?: Instant; lastUid?: string };
          return dueAt > last || (dueAt === last && uid > lastUid);
        });
      const page = found.slice(0, limit);
      const end = found.length > limit ? page.at(-1) : undefined;
      return { jobs: page, unreadable: [], failures: [], ...(end && { next: { last: end.dueAt, lastUid: end.uid } }) };
    },
    async *activeSince(service, after, until) {
      for (const { uid, owner, jobType, labels, startedAt, registeredAt } of active(service)) {
        const activeSince = startedAt ?? registeredAt;
        if (activeSince >= after && activeSince <= until) yield { uid, owner, jobType, labels, activeSince };
      }
    },
    async read(uids) {
      const found = [...new Set(uids)].flatMap((uid) =>
        newest.get(uidToKey(uid)) === uid ? (kept.get(uid)?.job ?? []) : [],
      );
      return { jobs: found, unreadable: [] };
    },
    hasActive: async (services, atLeast) => services.flatMap(active).length >= atLeast,
    async beginRun(now, isApiUp) {
      const before = runs;
      runs = addRun(before, now, isApiUp);
      return toListening(before, runs);
    },
    position: async (scan) => scans.get(scan) ?? 0,
    async saveCursors(scan, to) {
      scans.set(scan, to);
    },
  };

  return { jobs, dueQueue };
};

const dueOn = ({ due }: Change): DueQueueName | undefined => (due === "no-more" ? undefined : due?.on);
