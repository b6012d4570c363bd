import { hash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type DueQueueName, type Instant, type Job, retentionMs, type Tombstone } from "../../domain/job.ts";
import { keyAlphabet, uidToKey } from "../../domain/job-key.ts";
import { registrationMs } from "../../domain/registration-id.ts";
import { cleanupDueAt } from "../../domain/staleness.ts";

export type Item = Record<string, AttributeValue>;

/** Of the form of a job's item. One of a later form is left alone by a version that does not know it. */
const itemForm = 1;

/** The newest incarnation of a job stands under this sort key; the ones before it under their uids. */
export const current = "current";

/** The last five bits of the digest: enough for 5,000 cancels a second (docs/operations/capacity.md). */
export const shards: readonly string[] = [...keyAlphabet];
/** The owners of a service's jobs are spread over these. */
export const listShards: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** The attributes of the sparse indexes: an item has the first two exactly while its job is active. */
export const activeAttributes = ["activeKey", "activeSince"] as const;
export const dueAttributes = ["dueKey", "dueAt"] as const;

/** Spreads an index over partitions, so that no service heats up one of them. */
const toShard = (key: string): string => key.slice(-1);

export const toDueKey = (queueName: DueQueueName, key: string): string => `${queueName}#${toShard(key)}`;

export const timeToLive = (at: Instant): number => Math.floor(at / 1000);

export const toExpiry = (endedAt: Instant): number => timeToLive(endedAt + retentionMs);

export const toListHash = (service: string, owner: string): string =>
  `${service}#${Number.parseInt(hash("sha256", owner).slice(0, 1), 16) % listShards.length}`;

export const toActiveKey = (service: string, key: string): string => `${service}#${toShard(key)}`;

/** Where an active job stands once it is to stop, whatever its service. */
export const stopping = "stopping";

const toListKey = (job: Pick<Job, "owner" | "uid">): string => `${job.owner}#${job.uid}`;

export const toJobItem = (job: Job, registration: string): Item => {
  const key = uidToKey(job.uid);
  return toItem({
    ...job,
    formerDigests: job.formerDigests && new Set(job.formerDigests),
    pk: key,
    sk: current,
    listHash: toListHash(job.service, job.owner),
    listKey: toListKey(job),
    activeKey: toActiveKey(job.state === "stopping" ? stopping : job.service, key),
    activeSince: job.startedAt ?? job.registeredAt,
    dueKey: toDueKey("cleanup", key),
    dueAt: cleanupDueAt(job),
    registration,
    write: registration,
    // Short, since the item of a usual job is just below the kilobyte that one write unit pays for.
    v: itemForm,
  });
};

export const registrationKey = (registration: string): Item =>
  toItem({ pk: `registration#${registration}`, sk: "registration" });

/** Remembers which job a registration gave that has been superseded. */
export const toRegistrationItem = (registration: string, supersededAt: Instant, uid: AttributeValue): Item => ({
  ...registrationKey(registration),
  ...toItem({ expiresAt: timeToLive(supersededAt + registrationMs) }),
  uid,
});

/** A tombstone stands where its job would, so that the conditional put of a registration finds it. */
export const toTombstoneItem = (key: string, { secretHash, ...tombstone }: Tombstone): Item =>
  toItem({
    pk: key,
    sk: current,
    tombstone,
    // All that were given: a guessed secret must not keep the right one out.
    secretHashes: secretHash === undefined ? undefined : new Set([secretHash]),
    tombstoneUntil: tombstone.until,
    expiresAt: timeToLive(tombstone.until),
  });

export const toTombstone = (item: Item): Tombstone | undefined =>
  item.tombstone === undefined ? undefined : unmarshall({ tombstone: item.tombstone }).tombstone;

export const toItem = (value: Record<string, unknown>): Item => marshall(value, { removeUndefinedValues: true });

export const toValue = (value: unknown): AttributeValue =>
  marshall(value, { removeUndefinedValues: true, convertTopLevelContainer: true }) as unknown as AttributeValue;

/** One odd number must not keep other items from being read. */
export const lenient = { wrapNumbers: Number };

/** Returns the job of an item. It may be incomplete; see `isValidJob`. */
export const toJob = (item: Item): Job => {
  const {
    pk,
    sk,
    listHash,
    listKey,
    activeKey,
    activeSince,
    dueKey,
    outbox,
    registration,
    write,
    expiresAt,
    putOffs,
    labelsApart,
    v = itemForm,
    ...job
  } = unmarshall(item, lenient);
  if (v > itemForm) return { uid: job.uid } as Job;
  if (outbox !== undefined) job.outbox = outbox instanceof Set ? [...outbox] : outbox;
  for (const name of ["requestDigests", "formerDigests"]) if (job[name] instanceof Set) job[name] = [...job[name]];
  return job as Job;
};

/** Returns undefined for a tombstone. */
export const toJobIfAny = (item: Item | undefined): Job | undefined => (item?.uid ? toJob(item) : undefined);
