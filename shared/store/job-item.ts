import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { isTerminal, type Job, leaseExpiresAt } from "../cancellation/job.ts";
import { keyOfUid } from "../normalization/job-key.ts";

export type Item = Record<string, AttributeValue>;

/** The newest incarnation of a job stands under this sort key; the ones before it under their uids. */
export const current = "current";

const shards = 8;
const dayMs = 86_400_000;
const retentionMs = 90 * dayMs;

/** The attributes of the sparse indexes: an item has them exactly while its job is active. */
export const activeAttributes = ["activeKey", "activeSince", "dueKey", "dueAt"] as const;

/** Spreads an index over eight partitions, so that no service's jobs heat up one of them. */
const shardOf = (key: string): string => String(key.charCodeAt(key.length - 1) % shards);

/** The DynamoDB time to live of a job that ended, in seconds. */
export const expiryOf = (endedAt: number): number => Math.floor((endedAt + retentionMs) / 1000);

export const listKeyOf = (job: Pick<Job, "owner" | "uid">): string => `${job.owner}#${job.uid}`;

export const itemOf = (job: Job, registration: string): Item => {
  const key = keyOfUid(job.uid);
  const shard = shardOf(key);
  return toItem({
    ...job,
    pk: key,
    sk: current,
    listKey: listKeyOf(job),
    activeKey: `${job.service}#${shard}`,
    activeSince: job.registeredAt,
    dueKey: shard,
    dueAt: leaseExpiresAt(job),
    registration,
    write: registration,
  });
};

export const toItem = (value: Record<string, unknown>): Item => marshall(value, { removeUndefinedValues: true });

export const toValue = (value: unknown): AttributeValue =>
  marshall(value, { removeUndefinedValues: true, convertTopLevelContainer: true }) as unknown as AttributeValue;

/** The job of an item, without the attributes that serve the store alone. */
export const jobOf = (item: Item): Job => {
  const { pk, sk, listKey, activeKey, activeSince, dueKey, dueAt, registration, write, expiresAt, ...job } =
    unmarshall(item);
  return job as Job;
};

export const isEnded = (item: Item): boolean => isTerminal(jobOf(item).state);
