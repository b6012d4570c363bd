import { unmarshall } from "@aws-sdk/util-dynamodb";
import { mapAtMost } from "../../concurrency/map-at-most.ts";
import type { DueQueueName, Instant, Job } from "../../domain/job.ts";
import { uidPattern, uidToKey } from "../../domain/job-key.ts";
import { addRun, type RunRecord, toListening } from "../../domain/listening.ts";
import { isValidJob } from "../../domain/validate-stored-job.ts";
import type { ActiveJob, DueQueue } from "../../ports/due-queue.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { current, type Item, lenient, shards, stopping, timeToLive, toActiveKey, toItem, toJob } from "./job-item.ts";
import { readItems, readWhatCanBe } from "./read-items.ts";
import { conflictingItem, patientCall, storeCall, type TableAccess } from "./table-call.ts";

const pageSize = 1000;
/** The cursor of a scan whose policy was changed is deleted. */
const forgottenAfterMs = 30 * 86_400_000;

interface DueQueueAccess extends Omit<TableAccess, "newWriteId"> {
  /** A job of any other backend counts as unreadable: nobody here can probe it. */
  readonly backendKinds: readonly string[];
}

export const dynamoDbDueQueue = ({ call: callDirectly, table, backendKinds, wait }: DueQueueAccess): DueQueue => {
  const call = patientCall(storeCall(callDirectly), wait);

  const isReadable = (item: Item): boolean => isValidJob(toJob(item), backendKinds);

  return {
    async due(queueName, now, limit, after) {
      const wanted = after === undefined ? shards : Object.keys(after);
      const share = Math.ceil(limit / wanted.length);
      const found = await Promise.allSettled(
        wanted.map((shard) =>
          dueIn(call, table, `${queueName}#${shard}`, now, share, (after?.[shard] ?? undefined) as Item | undefined),
        ),
      );
      const pages = found.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      const refused = found.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
      if (pages.length === 0) throw refused[0];
      const keys = oldest(
        pages.flatMap((page) => page.keys),
        limit,
      );
      const { items, failures } = await readWhatCanBe(call, table, keys, wait);
      // The index lags behind the table.
      const due = [...items.values()].filter((item) => isDue(item, queueName, now));
      const poison = due.filter((item) => !isReadable(item));
      await mapAtMost(25, poison, (item) => putOff(call, table, item, now).catch(() => {}));
      const taken = new Set(keys);
      const ends = found.map((each) => (each.status === "fulfilled" ? endOf(each.value, taken) : undefined));
      const open = wanted.flatMap((shard, index) => (ends[index] === undefined ? [] : [[shard, ends[index]]]));
      return {
        jobs: toJobs(due.filter(isReadable)).toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0)),
        unreadable: poison.map(nameOf),
        failures: [...refused, ...failures],
        ...(open.length > 0 ? { next: Object.fromEntries(open) } : {}),
      };
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
      const items = await readItems(call, table, keys, wait);
      const found = [...items.values()].filter(({ uid }) => known.has(uid?.S ?? ""));
      const unreadable = found.filter((item) => !isReadable(item)).map(nameOf);
      const strange = [...new Set(uids)].filter((uid) => !known.has(uid));
      return { jobs: toJobs(found.filter(isReadable)), unreadable: [...unreadable, ...strange] };
    },

    async hasActive(services, atLeast) {
      let missing = atLeast;
      for (const part of [...services, stopping])
        for (const shard of shards) {
          if (missing <= 0) return true;
          missing -= await countIn(call, table, toActiveKey(part, shard), part === stopping ? services : [], missing);
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

/** The oldest of a shard after the place where the page before ended, and where this one ends. */
const dueIn = async (call: AwsCall, table: string, key: string, now: Instant, limit: number, after?: Item) => {
  const keys: Item[] = [];
  let last = after;
  do {
    const result = await call("Query", {
      TableName: table,
      IndexName: "due",
      KeyConditionExpression: "dueKey = :key AND dueAt <= :now",
      ExpressionAttributeValues: toItem({ ":key": key, ":now": now }),
      Limit: Math.min(limit - keys.length, pageSize),
      ...(last ? { ExclusiveStartKey: last } : {}),
    });
    keys.push(...((result.Items ?? []) as Item[]));
    last = result.LastEvaluatedKey as Item | undefined;
  } while (last && keys.length < limit);
  return { keys, last, after };
};

const oldest = (keys: readonly Item[], limit: number): Item[] =>
  keys.toSorted((a, b) => Number(a.dueAt?.N) - Number(b.dueAt?.N)).slice(0, limit);

/** Where the next page goes on in a shard of which some were left to it: null where it has all to do. */
const endOf = ({ keys, last, after }: Awaited<ReturnType<typeof dueIn>>, taken: ReadonlySet<Item>) => {
  if (keys.every((key) => taken.has(key))) return last;
  return keys.findLast((key) => taken.has(key)) ?? after ?? null;
};

const toJobs = (items: readonly Item[]): readonly Job[] => items.map(toJob);

const nameOf = ({ uid, pk }: Item): string => uid?.S ?? `the item ${pk?.S}`;

const firstPutOffMs = 60_000;
const longestPutOffMs = 3_600_000;

/** Moves what nobody can deal with away from the front, each time for longer, unless it was written meanwhile. */
const putOff = async (call: AwsCall, table: string, item: Item, now: Instant): Promise<void> => {
  const { pk, sk, dueKey, dueAt, putOffs } = item;
  const times = Number(putOffs?.N ?? 0);
  const at = now + Math.min(firstPutOffMs * 2 ** times, longestPutOffMs);
  if (!pk || !sk || !dueKey || !dueAt) return;
  await call("UpdateItem", {
    TableName: table,
    Key: { pk, sk },
    UpdateExpression: "SET dueAt = :at, putOffs = :times",
    ConditionExpression: "dueKey = :dueKey AND dueAt = :dueAt",
    ExpressionAttributeValues: { ...toItem({ ":at": at, ":times": times + 1 }), ":dueKey": dueKey, ":dueAt": dueAt },
  });
};

const countIn = async (call: AwsCall, table: string, key: string, services: readonly string[], most: number) => {
  let count = 0;
  for await (const { length } of pages(call, table, "active", {
    KeyConditionExpression: "activeKey = :key",
    ...(services.length === 0
      ? {}
      : { FilterExpression: `service IN (${services.map((_, i) => `:s${i}`).join(", ")})` }),
    ExpressionAttributeValues: toItem({
      ":key": key,
      ...Object.fromEntries(services.map((name, i) => [`:s${i}`, name])),
    }),
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
  return { uid, owner, jobType, activeSince, ...(labels === undefined ? {} : { labels: labels ?? {} }) };
};
