import type { ActiveState, Instant } from "../../domain/job.ts";
import { uidPattern } from "../../domain/job-key.ts";
import { InvalidCursor } from "../../ports/job-store.ts";
import type { ActivePosition, IndexEntry, Walk } from "./index-walk.ts";
import { type Item, shards, stopping, toActiveKey, toItem } from "./job-item.ts";

/** One shard of the index, read as far as its entries were taken. */
interface Shard {
  readonly key: string;
  readonly read: Item[];
  last: Item | undefined;
  isRead: boolean;
}

/** Gives the entries of the jobs that are active, newest first within a service. Those that are to stop stand apart from the rest. */
export async function* walkActive(walk: Walk, state: ActiveState, from: unknown): AsyncGenerator<IndexEntry> {
  const { services, owner } = walk.query;
  const parts = state === stopping ? [stopping] : services;
  const after = from === undefined ? undefined : toStart(from, parts);
  const wanted = new Set(services);
  for (const part of after === undefined ? parts : parts.slice(parts.indexOf(after.in))) {
    for await (const item of newestFirst(walk, part, after?.in === part ? after : undefined)) {
      const position = { in: part, since: sinceOf(item), uid: uidOf(item) };
      const isOfOwner = owner === undefined || item.owner?.S === owner;
      yield { item, position, isWanted: isOfOwner && wanted.has(item.service?.S ?? "") && item.state?.S === state };
    }
  }
}

/** Merges the shards, of which each is in order. */
async function* newestFirst(walk: Walk, part: string, after: ActivePosition | undefined): AsyncGenerator<Item> {
  const all = shards.map(
    (shard): Shard => ({ key: toActiveKey(part, shard), read: [], last: undefined, isRead: false }),
  );
  for (;;) {
    const empty = all.filter(({ read, isRead }) => read.length === 0 && !isRead);
    if (empty.length > 0) {
      await Promise.all(empty.map((shard) => readOn(walk, shard, after)));
      continue;
    }
    const newest = all.filter(({ read }) => read.length > 0).sort((a, b) => byAge(a.read[0], b.read[0]))[0];
    const item = newest?.read.shift();
    if (item === undefined) return;
    yield item;
  }
}

const readOn = async (
  { call, table, pageSize }: Walk,
  shard: Shard,
  after: ActivePosition | undefined,
): Promise<void> => {
  const result = await call("Query", {
    TableName: table,
    IndexName: "active",
    KeyConditionExpression: `activeKey = :key${after === undefined ? "" : " AND activeSince <= :since"}`,
    ExpressionAttributeValues: toItem({ ":key": shard.key, ":since": after?.since }),
    ScanIndexForward: false,
    Limit: Math.ceil(pageSize / 4),
    ...(shard.last ? { ExclusiveStartKey: shard.last } : {}),
  });
  const items = (result.Items ?? []) as Item[];
  shard.read.push(...items.filter((item) => after === undefined || isOlder(item, after)));
  shard.last = result.LastEvaluatedKey as Item | undefined;
  shard.isRead = shard.last === undefined;
};

const sinceOf = (item: Item | undefined): Instant => Number(item?.activeSince?.N);

const uidOf = (item: Item | undefined): string => item?.uid?.S ?? "";

/** Whether an entry comes after the last that was given. */
const isOlder = (item: Item, { since, uid }: ActivePosition): boolean =>
  sinceOf(item) < since || (sinceOf(item) === since && uidOf(item) < uid);

const byAge = (a: Item | undefined, b: Item | undefined): number =>
  sinceOf(b) - sinceOf(a) || (uidOf(a) < uidOf(b) ? 1 : -1);

const toStart = (from: unknown, parts: readonly string[]): ActivePosition => {
  const start = from as Partial<ActivePosition> | null;
  if (parts.includes(start?.in ?? "") && Number.isFinite(start?.since) && uidPattern.test(start?.uid ?? ""))
    return start as ActivePosition;
  throw new InvalidCursor("not a cursor of this list");
};
