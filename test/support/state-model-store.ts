import type { Change } from "../../shared/cancellation/change.ts";
import { type Instant, isTerminal, type Job, type Tombstone, type Worklist } from "../../shared/cancellation/job.ts";
import { cleanUpDueAt } from "../../shared/cancellation/staleness.ts";
import { jobUid, keyOfUid, timeOfUid } from "../../shared/normalization/job-key.ts";
import type { Registered, Written } from "../../shared/store/job-store.ts";
import { applyChange } from "./apply-change.ts";

/** What the store has of one native identity: the newest incarnation or a tombstone, and the incarnations before. */
export interface Stored {
  readonly current?: Item | Grave | undefined;
  readonly before: readonly Item[];
}

export interface Item {
  readonly job: Job;
  /** The worklist on which the job is due at its `dueAt`. */
  readonly on?: Worklist | undefined;
  readonly registration: string;
}

export interface Grave {
  readonly tombstone: Tombstone;
}

/** What an operation leaves in the store, and what it answers. */
type After<Answer> = readonly [Stored, Answer];

export const nothing: Stored = { before: [] };

export const graveOf = ({ current }: Stored): Tombstone | undefined =>
  current && "tombstone" in current ? current.tombstone : undefined;

export const newestOf = ({ current }: Stored): Item | undefined => (current && "job" in current ? current : undefined);

/** Every incarnation, the newest first. */
export const itemsOf = (stored: Stored): readonly Item[] => {
  const newest = newestOf(stored);
  return newest ? [newest, ...stored.before] : stored.before;
};

export const itemOf = (stored: Stored, uid: string): Item | undefined =>
  itemsOf(stored).find(({ job }) => job.uid === uid);

export const register = (stored: Stored, job: Job, registration: string): After<Registered> => {
  const grave = graveOf(stored);
  if (grave && grave.until > job.registeredAt) return [stored, { registered: false, tombstone: grave }];
  const standing = newestOf(stored);
  if (standing?.registration === registration) return [stored, { registered: true, job: standing.job }];
  if (standing && !isTerminal(standing.job.state)) return [stored, { registered: false, job: standing.job }];
  if (standing === undefined)
    return [
      { ...stored, current: firstItem(job, registration) },
      { registered: true, job },
    ];
  const time = Math.max(timeOfUid(job.uid), timeOfUid(standing.job.uid) + 1);
  const next = { ...job, uid: jobUid(time, keyOfUid(job.uid)) };
  const after = { current: firstItem(next, registration), before: [standing, ...stored.before] };
  return [after, { registered: true, job: next }];
};

/** Only a running job has a worker whose silence could mean anything. */
const firstItem = (job: Job, registration: string): Item =>
  job.state === "running"
    ? { job: { ...job, dueAt: cleanUpDueAt(job) }, on: "clean-up", registration }
    : { job, registration };

export const entomb = (stored: Stored, tombstone: Tombstone): After<Job | undefined> => {
  const grave = graveOf(stored);
  if (grave) return [grave.until > tombstone.requestedAt ? stored : { ...stored, current: { tombstone } }, undefined];
  const standing = newestOf(stored);
  return standing ? [stored, standing.job] : [{ ...stored, current: { tombstone } }, undefined];
};

export const change = (stored: Stored, wanted: Change): After<Written> => {
  const standing = newestOf(stored);
  if (standing === undefined) return [stored, { applied: false, job: undefined }];
  const [current, written] = changeItem(standing, wanted);
  return [written.applied ? { ...stored, current } : stored, written];
};

export const changeIncarnation = (stored: Stored, uid: string, wanted: Change): After<Written> => {
  const named = { ...wanted, when: { ...wanted.when, uid } };
  const standing = newestOf(stored);
  if (standing === undefined || standing.job.uid === uid) return change(stored, named);
  const index = stored.before.findIndex(({ job }) => job.uid === uid);
  const superseded = stored.before[index];
  if (superseded === undefined) return [stored, { applied: false, job: undefined }];
  const [item, written] = changeItem(superseded, named);
  return [written.applied ? { ...stored, before: stored.before.with(index, item) } : stored, written];
};

const changeItem = (item: Item, wanted: Change): readonly [Item, Written] => {
  const job = applyChange(item.job, wanted);
  if (job === undefined) return [item, { applied: false, job: item.job }];
  const { due, set } = wanted;
  const leaves = due === "no-more" || (due === undefined && set?.state !== undefined && isTerminal(set.state));
  const on = leaves ? undefined : due === undefined ? item.on : due.on;
  return [
    { ...item, job, on },
    { applied: true, job },
  ];
};

export const due = (stored: Stored, worklist: Worklist, now: Instant): readonly Job[] =>
  itemsOf(stored)
    .filter(({ job, on }) => on === worklist && (job.dueAt ?? now) <= now)
    .map(({ job }) => job)
    .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
