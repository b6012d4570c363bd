import { InvalidCursor } from "../../ports/job-store.ts";
import { AwsError } from "../aws-client/json-client.ts";
import type { AllPosition, IndexEntry, Walk } from "./index-walk.ts";
import { type Item, listShards, toItem, toListHash } from "./job-item.ts";

/** Gives the entries of all jobs of the last 90 days, newest first within a service and owner. */
export async function* walkAll(walk: Walk, from: unknown): AsyncGenerator<IndexEntry> {
  const { services, owner } = walk.query;
  const hashes = services.flatMap((service) =>
    owner === undefined ? listShards.map((shard) => `${service}#${shard}`) : [toListHash(service, owner)],
  );
  const after = from === undefined ? undefined : toStart(from, hashes);
  let next = after === undefined ? 0 : hashes.indexOf(after.listHash?.S ?? "");
  // Most parts of a small installation are empty: those of one service are asked side by side.
  const atOnce = owner === undefined ? listShards.length : 1;
  for (let start = after; next < hashes.length; next += atOnce, start = undefined) {
    const group = hashes.slice(next, next + atOnce);
    const pages = await Promise.all(group.map((hash, index) => query(walk, hash, index === 0 ? start : undefined)));
    for (const [index, page] of pages.entries())
      for (let { items, last } = page; ; { items, last } = await query(walk, group[index] ?? "", last)) {
        for (const item of items) yield { item, position: toPosition(item), isWanted: true };
        if (last === undefined) break;
      }
  }
}

const toPosition = ({ pk, sk, listHash, listKey }: Item): AllPosition => ({ pk, sk, listHash, listKey }) as Item;

const toStart = (from: unknown, hashes: readonly string[]): Item => {
  const start = from as Item;
  if (typeof from === "object" && from !== null && hashes.includes(start.listHash?.S ?? "")) return start;
  throw new InvalidCursor("not a cursor of this list");
};

const query = async ({ call, table, query: { owner }, pageSize }: Walk, hash: string, after: Item | undefined) => {
  try {
    const result = await call("Query", {
      TableName: table,
      IndexName: "list",
      KeyConditionExpression:
        owner === undefined ? "listHash = :hash" : "listHash = :hash AND begins_with(listKey, :owner)",
      ExpressionAttributeValues: toItem({ ":hash": hash, ...(owner === undefined ? {} : { ":owner": `${owner}#` }) }),
      ScanIndexForward: false,
      Limit: pageSize,
      ...(after ? { ExclusiveStartKey: after } : {}),
    });
    return { items: (result.Items ?? []) as Item[], last: result.LastEvaluatedKey as Item | undefined };
  } catch (error) {
    // DynamoDB refuses a start key from outside the query.
    if (after && error instanceof AwsError && error.code === "ValidationException")
      throw new InvalidCursor("not a cursor of this list", { cause: error });
    throw error;
  }
};
