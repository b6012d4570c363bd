import type { Item } from "../../shared/adapters/dynamodb/job-item.ts";

interface IndexQuery {
  readonly IndexName: "due" | "active";
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
}

const keysOf = { due: ["dueKey", "dueAt"], active: ["activeKey", "activeSince"] } as const;

/** Answers a query of a sparse index from the items that it holds: an embedded server's index never lags, a real one does. */
export const queryIndex = (items: readonly Item[], input: object) => {
  const query = input as IndexQuery;
  const { ExpressionAttributeValues: values, ScanIndexForward: isForward = true, Limit = 1000 } = query;
  const [hash, range] = keysOf[query.IndexName];
  const [from, to] = boundsOf(query);
  const numberOf = (item: Item): number => Number(item[range]?.N);
  const compare = (one: Item, other: Item): number =>
    (isForward ? 1 : -1) * (numberOf(one) - numberOf(other) || (String(one.pk?.S) < String(other.pk?.S) ? -1 : 1));
  const start = query.ExclusiveStartKey;
  const found = items
    .filter((item) => item[hash]?.S === values[":key"]?.S && numberOf(item) >= from && numberOf(item) <= to)
    .toSorted(compare)
    .filter((item) => start === undefined || compare(item, start) > 0);
  const Items = found.slice(0, Limit);
  const last = found.length > Limit ? Items.at(-1) : undefined;
  return { Items, Count: Items.length, ...(last ? { LastEvaluatedKey: last } : {}) };
};

const boundsOf = ({ KeyConditionExpression: expression, ExpressionAttributeValues: values }: IndexQuery) => {
  const numberOf = (name: string): number => Number(values[name]?.N);
  const between = /BETWEEN (:\w+) AND (:\w+)/.exec(expression);
  if (between) return [numberOf(between[1] ?? ""), numberOf(between[2] ?? "")] as const;
  const upTo = /<= (:\w+)/.exec(expression);
  return [Number.NEGATIVE_INFINITY, upTo ? numberOf(upTo[1] ?? "") : Number.POSITIVE_INFINITY] as const;
};
