import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DueQueueName, Instant } from "../../domain/job.ts";
import { uidPattern, uidToKey } from "../../domain/job-key.ts";
import { addRun, type RunRecord, toListening } from "../../domain/listening.ts";
import { isValidJob } from "../../domain/validate-stored-job.ts";
import type { ActiveJob, DueQueue, JobsRead } from "../../ports/due-queue.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { current, type Item, lenient, shards, timeToLive, toItem, toJob } from "./job-item.ts";
import { readItems } from "./read-items.ts";
import { conflictingItem, storeCall, type TableAccess } from "./table-call.ts";

const pageSize = 1000;
/** The cursor of a scan whose policy was changed is deleted. */
const forgottenAfterMs = 30 * 86_400_000;

interface DueQueueAccess extends Omit<TableAccess, "newWriteId"> {
  /** A job of any other backend counts as unreadable: nobody here can probe it. */
  readonly backendKinds: readonly string[];
}

export const dynamoDbDueQueue = ({ call: callDirectly, table, backendKinds }: DueQueueAccess): DueQueue => {
  const call = storeCall(callDirectly);

  const toJobs = (items: readonly Item[]): JobsRead => {
    const jobs = items.map(toJob).filter((job) => isValidJob(job, backendKinds));
    return { jobs, unreadable: items.length - jobs.length };
  };

  return {
    async due(queueName, now, limit) {
      const share = Math.ceil(limit / shards.length);
      const found = await Promise.all(shards.map((shard) => dueIn(call, table, `${queueName}#${shard}`, now, share)));
      const keys = found.flat();
      const items = await readItems(call, table, keys);
      // The index lags behind the table.
      const { jobs, unreadable } = toJobs([...items.values()].filter((item) => isDue(item, queueName, now)));
      return { jobs: jobs.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0)), unreadable };
    },

    async *activeSince(service, after, until) {
      for (const shard of shards) {
        for await (const items of pages(call, table, "active", {
          KeyConditionExpression: "activeKey = :key AND activeSince BETWEEN :after AND :until",
          ExpressionAttributeValues: toItem({ ":key": `${service}#${shard}`, ":after": after, ":until": until }),
          Limit: pageSize,
        }))
          yield* items.map(toActiveJob);
      }
    },

    async read(uids) {
      const known = new Set(uids.filter((uid) => uidPattern.test(uid)));
      const keys = [...known].map((uid) => toItem({ pk: uidToKey(uid), sk: current }));
      const items = await readItems(call, table, keys);
      const { jobs, unreadable } = toJobs([...items.values()].filter(({ uid }) => known.has(uid?.S ?? "")));
      return { jobs, unreadable: unreadable + new Set(uids).size - known.size };
    },

    async hasActive(services, atLeast) {
      let missing = atLeast;
      for (const key of services.flatMap((service) => shards.map((shard) => `${service}#${shard}`))) {
        if (missing <= 0) return true;
        missing -= await countIn(call, table, key, missing);
      }
      return missing <= 0;
    },

    async beginRun(now, isApiUp) {
      const { Item } = await call("GetItem", { TableName: table, Key: keyOf("cleanup runs"), ConsistentRead: true });
      const before = toRunRecord(Item as Item | undefined);
      const record = addRun(before, now, isApiUp);
      try {
        await call("UpdateItem", {
          TableName: table,
          Key: keyOf("cleanup runs"),
          UpdateExpression: "SET ranAt = :ranAt, intervalMs = :intervalMs, runs = :runs",
          ConditionExpression: before === undefined ? "attribute_not_exists(ranAt)" : "ranAt = :before",
          ExpressionAttributeValues: toItem({
            ":ranAt": record.ranAt,
            ":intervalMs": record.intervalMs,
            ":runs": record.runs,
            ":before": before?.ranAt,
          }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return toListening(before, record);
      } catch (error) {
        // Another run began at the same time.
        const other = toRunRecord(conflictingItem(error));
        return other === undefined ? [] : toListening(before, other);
      }
    },

    async position(scan) {
      const { Item } = await call("GetItem", { TableName: table, Key: keyOf(scan), ConsistentRead: true });
      return Number((Item as Item | undefined)?.reached?.N ?? 0);
    },

    async saveCursors(scan, to, now) {
      const values = { ":to": to, ":expiresAt": timeToLive(now + forgottenAfterMs) };
      await upsert(scan, "reached = :to, expiresAt = :expiresAt", values);
    },
  };

  async function upsert(name: string, sets: string, values: Record<string, number>): Promise<void> {
    await call("UpdateItem", {
      TableName: table,
      Key: keyOf(name),
      UpdateExpression: `SET ${sets}`,
      ExpressionAttributeValues: toItem(values),
    });
  }
};

const toRunRecord = (item: Item | undefined): RunRecord | undefined =>
  item?.ranAt === undefined ? undefined : (unmarshall(item, lenient) as RunRecord);

/** No digest of a job looks like this. */
const keyOf = (name: string): Item => toItem({ pk: `schedule#${name}`, sk: current });

const dueIn = async (call: AwsCall, table: string, key: string, now: Instant, limit: number): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const items of pages(call, table, "due", {
    KeyConditionExpression: "dueKey = :key AND dueAt <= :now",
    ExpressionAttributeValues: toItem({ ":key": key, ":now": now }),
    Limit: Math.min(limit, pageSize),
  })) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
};

const countIn = async (call: AwsCall, table: string, key: string, most: number): Promise<number> => {
  let count = 0;
  for await (const { length } of pages(call, table, "active", {
    KeyConditionExpression: "activeKey = :key",
    ExpressionAttributeValues: toItem({ ":key": key }),
    ProjectionExpression: "pk",
    Limit: Math.min(most, pageSize),
  })) {
    count += length;
    if (count >= most) break;
  }
  return count;
};

async function* pages(call: AwsCall, table: string, index: string, query: object): AsyncGenerator<Item[]> {
  let last: Item | undefined;
  do {
    const input = { TableName: table, IndexName: index, ...query, ...(last ? { ExclusiveStartKey: last } : {}) };
    const result = await call("Query", input);
    yield (result.Items ?? []) as Item[];
    last = result.LastEvaluatedKey as Item | undefined;
  } while (last);
}

const isDue = ({ dueKey, dueAt }: Item, queueName: DueQueueName, now: Instant): boolean =>
  dueKey?.S?.startsWith(`${queueName}#`) === true && Number(dueAt?.N) <= now;

const toActiveJob = (item: Item): ActiveJob => {
  const { uid, owner, jobType, labels, activeSince } = unmarshall(item, lenient);
  return { uid, owner, jobType, labels: labels ?? {}, activeSince };
};
