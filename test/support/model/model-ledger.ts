import type { Change } from "../../../shared/domain/change.ts";
import { queueSkewMs } from "../../../shared/domain/clock-skew.ts";
import {
  type DueQueueName,
  type Instant,
  isTerminal,
  type Job,
  joinTombstones,
  type Tombstone,
} from "../../../shared/domain/job.ts";
import { jobUid, uidToKey, uidToTime } from "../../../shared/domain/job-key.ts";
import { isKeyed } from "../../../shared/domain/registration-id.ts";
import { inheritDigests } from "../../../shared/domain/request-digests.ts";
import { cleanupDueAt } from "../../../shared/domain/staleness.ts";
import type { Registered, Written } from "../../../shared/ports/job-store.ts";
import { applyChange } from "./apply-change.ts";

/** One incarnation as the store keeps it, with the due queue that it is in. */
export interface Kept {
  readonly job: Job;
  readonly registration: string;
  readonly on?: DueQueueName;
}

/** What the store keeps under one native identity. */
export interface Ledger {
  readonly newest?: Kept;
  /** The incarnations that were superseded, the latest first. */
  readonly former?: readonly Kept[];
  readonly tombstone?: Tombstone;
}

/** One call to the store, as data. By the key of the job it means the newest incarnation. */
export type StoreCall =
  | { readonly call: "get"; readonly uid: string }
  | { readonly call: "change"; readonly change: Change }
  | { readonly call: "changeIncarnation"; readonly uid: string; readonly change: Change }
  | { readonly call: "register"; readonly job: Job; readonly registration: string }
  | { readonly call: "putTombstone"; readonly tombstone: Tombstone }
  | { readonly call: "due"; readonly queueName: DueQueueName; readonly now: Instant };

/** What each of them answers. */
export interface StoreAnswers {
  readonly get: Job | undefined;
  readonly change: Written;
  readonly changeIncarnation: Written;
  readonly register: Registered;
  readonly putTombstone: Job | undefined;
  readonly due: readonly Job[];
}

export type Called<Name extends StoreCall["call"]> = readonly [Ledger, StoreAnswers[Name]];

export type Apply = typeof applyChange;

export const keptOf = ({ newest, former = [] }: Ledger): readonly Kept[] => (newest ? [newest, ...former] : []);

/** The active incarnation, if none before it ended so short ago that a cancel of this moment could mean that one. */
export const unmistakable = ({ newest }: Ledger, time: Instant): string | undefined => {
  if (newest === undefined || isTerminal(newest.job.state)) return undefined;
  const { uid, formerEndedAt = Number.NEGATIVE_INFINITY } = newest.job;
  return formerEndedAt < time - queueSkewMs ? uid : undefined;
};

export const jobIn = (ledger: Ledger, uid: string): Job | undefined =>
  keptOf(ledger).find(({ job }) => job.uid === uid)?.job;

const dueQueueAfter = ({ on }: Kept, { due, set }: Change): DueQueueName | undefined => {
  if (due === "no-more") return undefined;
  return due?.on ?? (set?.state !== undefined && isTerminal(set.state) ? undefined : on);
};

const changed = (kept: Kept | undefined, wanted: Change, apply: Apply): [Kept | undefined, Written] => {
  const job = kept && apply(kept.job, wanted);
  if (kept === undefined || job === undefined) return [kept, { applied: false, job: kept?.job }];
  const on = dueQueueAfter(kept, wanted);
  const { on: _, ...rest } = kept;
  return [
    { ...rest, job, ...(on === undefined ? {} : { on }) },
    { applied: true, job },
  ];
};

export const change = (ledger: Ledger, wanted: Change, apply: Apply = applyChange): Called<"change"> => {
  const [newest, written] = changed(ledger.newest, wanted, apply);
  return [newest && written.applied ? { ...ledger, newest } : ledger, written];
};

export const changeIncarnation = (
  ledger: Ledger,
  uid: string,
  wanted: Change,
  apply: Apply = applyChange,
): Called<"changeIncarnation"> => {
  const named = { ...wanted, when: { ...wanted.when, uid } };
  const { newest, former = [] } = ledger;
  if (newest?.job.uid === uid) return change(ledger, named, apply);
  const place = former.findIndex(({ job }) => job.uid === uid);
  const [kept, written] = changed(former[place], named, apply);
  return [kept && written.applied ? { ...ledger, former: former.with(place, kept) } : ledger, written];
};

export const register = (ledger: Ledger, given: Job, registration: string): Called<"register"> => {
  const { newest, former = [], tombstone } = ledger;
  const on: Pick<Kept, "on"> = { on: "cleanup" };
  if (tombstone && tombstone.until > given.registeredAt) return [ledger, { registered: false, tombstone }];
  if (newest === undefined) return [{ newest: { job: given, registration, ...on } }, { registered: true, job: given }];
  const sent = keptOf(ledger).find((kept) => kept.registration === registration);
  if (sent === newest || (sent && isKeyed(registration))) return [ledger, { registered: true, job: sent.job }];
  if (!isTerminal(newest.job.state)) return [ledger, { registered: false, job: newest.job }];
  const { uid: supersedes, endedAt = 0 } = newest.job;
  const registeredAt = Math.max(given.registeredAt, endedAt);
  const uid = jobUid(Math.max(uidToTime(given.uid), registeredAt, uidToTime(supersedes) + 1), uidToKey(given.uid));
  const formerDigests = inheritDigests(newest.job, registeredAt);
  const inherited = formerDigests.length > 0 ? { formerDigests } : {};
  const moved = { ...given, uid, supersedes, formerEndedAt: endedAt, registeredAt, ...inherited };
  const job = { ...moved, dueAt: cleanupDueAt(moved) };
  return [
    { newest: { job, registration, ...on }, former: [newest, ...former] },
    { registered: true, job: moved },
  ];
};

export const putTombstone = (ledger: Ledger, tombstone: Tombstone): Called<"putTombstone"> => {
  if (ledger.newest) return [ledger, ledger.newest.job];
  const stands = ledger.tombstone !== undefined && ledger.tombstone.until > tombstone.requestedAt;
  return [{ tombstone: stands ? joinTombstones(ledger.tombstone, tombstone) : tombstone }, undefined];
};

/** Those that have waited longest first, as production has it: what the index shows is read again, and must be due still. */
export const due = (ledger: Ledger, queueName: DueQueueName, now: Instant, index = ledger): readonly Job[] =>
  dueIn(index, queueName, now).flatMap(({ uid }) => dueIn(ledger, queueName, now).filter((job) => job.uid === uid));

const dueIn = (ledger: Ledger, queueName: DueQueueName, now: Instant): readonly Job[] =>
  keptOf(ledger)
    .filter(({ job, on }) => on === queueName && job.dueAt !== undefined && job.dueAt <= now)
    .map(({ job }) => job)
    .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
