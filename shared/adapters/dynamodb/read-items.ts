import { jitteredMs, type Pause, pause } from "../../concurrency/back-off.ts";
import { chunk } from "../../concurrency/chunks.ts";
import { StoreThrottled } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import type { Item } from "./job-item.ts";
import { areApart, toLabelsKey, withLabels } from "./labels-item.ts";

const batchSize = 100;
const attempts = 6;
const firstPauseMs = 50;

/** Reads the items behind index keys consistently. Items that are gone are left out. */
export const readItems = async (
  call: AwsCall,
  table: string,
  keys: readonly Item[],
  wait: Pause = pause,
): Promise<Map<string, Item>> => {
  const items = new Map<string, Item>();
  for (const batch of toBatches(keys)) await readBatch(call, table, batch, items, wait);
  return items;
};

/** The same, where the batches that cannot be read are told of instead. */
export const readWhatCanBe = async (call: AwsCall, table: string, keys: readonly Item[], wait: Pause = pause) => {
  const items = new Map<string, Item>();
  const failures: unknown[] = [];
  for (const batch of toBatches(keys))
    await readBatch(call, table, batch, items, wait).catch((error: unknown) => failures.push(error));
  return { items, failures };
};

/** An entry that moves while its index is read can appear twice. */
const toBatches = (keys: readonly Item[]): Item[][] =>
  chunk([...new Map(keys.map((key) => [toName(key), key])).values()], batchSize);

const readBatch = async (
  call: AwsCall,
  table: string,
  batch: readonly Item[],
  items: Map<string, Item>,
  wait: Pause,
): Promise<void> => {
  const read = await readKeys(call, table, batch, wait);
  const apart = [...read.values()].filter(areApart);
  const labels = apart.length === 0 ? read : await readKeys(call, table, apart.map(toLabelsKey), wait);
  for (const [name, item] of read)
    items.set(name, areApart(item) ? withLabels(item, labels.get(toName(toLabelsKey(item)))) : item);
};

/** Asks again, after a pause, for what a warm partition left out. */
const readKeys = async (call: AwsCall, table: string, keys: readonly Item[], wait: Pause) => {
  const items = new Map<string, Item>();
  let wanted = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; ; attempt++) {
    const request = { [table]: { Keys: wanted, ConsistentRead: true } };
    const result = await call("BatchGetItem", { RequestItems: request });
    for (const item of (result.Responses as Record<string, Item[]>)[table] ?? []) items.set(toName(item), item);
    wanted = (result.UnprocessedKeys as typeof request | undefined)?.[table]?.Keys ?? [];
    if (wanted.length === 0) return items;
    if (attempt === attempts - 1) throw new StoreThrottled("the table left keys unprocessed");
    await wait(jitteredMs(attempt, firstPauseMs));
  }
};

export const toName = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;
