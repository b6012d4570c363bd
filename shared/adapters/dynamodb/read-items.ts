import { chunk } from "../../concurrency/chunks.ts";
import { StoreThrottled } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import type { Item } from "./job-item.ts";

const batchSize = 100;
const attempts = 5;

/** Reads the items behind index keys consistently. Items that are gone are left out. */
export const readItems = async (call: AwsCall, table: string, keys: readonly Item[]): Promise<Map<string, Item>> => {
  const items = new Map<string, Item>();
  // An entry that moves while its index is read can appear twice.
  const each = [...new Map(keys.map((key) => [toName(key), key])).values()];
  for (const batch of chunk(each, batchSize)) {
    let wanted = batch.map(({ pk, sk }) => ({ pk, sk }));
    for (let tried = 0; wanted.length > 0; tried++) {
      if (tried === attempts) throw new StoreThrottled("the table left keys unprocessed");
      const request = { [table]: { Keys: wanted, ConsistentRead: true } };
      const result = await call("BatchGetItem", { RequestItems: request });
      for (const item of (result.Responses as Record<string, Item[]>)[table] ?? []) items.set(toName(item), item);
      wanted = (result.UnprocessedKeys as typeof request | undefined)?.[table]?.Keys ?? [];
    }
  }
  return items;
};

export const toName = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;
