import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { AwsCall } from "../aws-client/json-client.ts";
import { type Item, timeToLive, toItem } from "./job-item.ts";
import type { RecentlyUsed } from "./recently-used.ts";

/** Up to this size a heartbeat is one write unit of 1 KB, with what a running job may get besides. */
const maxItemBytes = 900;

/** Longer than any job may run, and its record is kept. */
const keptMs = 500 * 86_400_000;

/**
 * Takes the labels out of an item that they make larger than one unit of writes: they never change, and every heartbeat
 * would pay for them. They stand in an item of their own then, and in no index.
 */
export const partLabels = (item: Item): { readonly item: Item; readonly labels?: Item } => {
  const { labels, ...rest } = item;
  if (labels === undefined || sizeOf(item) <= maxItemBytes) return { item };
  const expiresAt = timeToLive(Number(item.registeredAt?.N) + keptMs);
  return {
    item: { ...rest, labelsApart: { BOOL: true } },
    labels: { ...toLabelsKey(item), ...toItem({ expiresAt }), labels },
  };
};

export const areApart = ({ labelsApart }: Item): boolean => labelsApart?.BOOL === true;

export const toLabelsKey = ({ pk, uid }: Item): Item => ({ pk, sk: { S: `labels#${uid?.S}` } }) as Item;

export const withLabels = (item: Item, labels: Item | undefined): Item => ({
  ...item,
  labels: labels?.labels ?? { M: {} },
});

/** Puts the labels back into an item that has them apart. What is remembered need not be read, so that a heartbeat reads nothing. */
export const labelReader =
  (call: AwsCall, table: string, remembered: RecentlyUsed<AttributeValue>) =>
  async (item: Item): Promise<Item> => {
    const uid = item.uid?.S;
    if (!areApart(item) || uid === undefined) return item;
    const known = remembered.get(uid);
    if (known) return { ...item, labels: known };
    const { Item: found } = await call("GetItem", { TableName: table, Key: toLabelsKey(item), ConsistentRead: true });
    const whole = withLabels(item, found as Item | undefined);
    if (whole.labels) remembered.set(uid, whole.labels);
    return whole;
  };

/** As DynamoDB documents it. */
const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

const valueSize = ({ S, N, M, L, SS }: AttributeValue): number => {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (SS !== undefined) return SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (M !== undefined) return 3 + sizeOf(M) + Object.keys(M).length;
  if (L !== undefined) return 3 + L.reduce((sum, value) => sum + valueSize(value) + 1, 0);
  return 1;
};
