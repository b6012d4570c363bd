import { hash } from "node:crypto";
import { clockSkewMs } from "../../domain/clock-skew.ts";
import type { Instant } from "../../domain/job.ts";
import { lockMs, toleratedFailures } from "../../domain/lockout-rules.ts";
import type { Attempt, Lockouts } from "../../ports/lockouts.ts";
import type { Nonces } from "../../ports/nonces.ts";
import { type Item, toItem } from "./job-item.ts";
import { conflictingItem, storeCall, type TableAccess } from "./table-call.ts";

/** Keeps nonces as items of the jobs table, for twice the tolerated clock skew. */
export const dynamoDbNonces = ({ call: callDirectly, table, newWriteId }: TableAccess): Nonces => {
  const call = storeCall(callDirectly);
  return {
    async use(keyId, nonce, now) {
      const write = newWriteId();
      try {
        await call("PutItem", {
          TableName: table,
          Item: toItem({
            pk: `nonce#${digest(keyId, nonce)}`,
            sk: "nonce",
            write,
            expiresAt: seconds(now + 2 * clockSkewMs),
          }),
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt < :now",
          ExpressionAttributeValues: toItem({ ":now": seconds(now) }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return true;
      } catch (error) {
        // An earlier attempt may have been applied, and its answer lost.
        return conflictingItem(error)?.write?.S === write;
      }
    },
  };
};

const rememberedMs = 5_000;
const maxRemembered = 10_000;

export interface FailureCount {
  readonly failures: number;
  readonly lastFailureAt: Instant;
  readonly readAt: Instant;
}

/** Counts wrong signatures in the jobs table. Each environment remembers keys in good order, so that a right signature costs no call. */
export const dynamoDbLockouts = (
  { call: callDirectly, table }: Pick<TableAccess, "call" | "table">,
  remembered: Map<string, FailureCount> = new Map(),
): Lockouts => {
  const call = storeCall(callDirectly);
  const keyOf = ({ keyId, source }: Attempt) => ({ pk: { S: `lock#${digest(keyId, source)}` }, sk: { S: "lock" } });

  const remember = (attempt: Attempt, item: Item | undefined, readAt: Instant): FailureCount => {
    const count = {
      failures: Number(item?.failures?.N ?? 0),
      lastFailureAt: Number(item?.lastFailureAt?.N ?? 0),
      readAt,
    };
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(keyOf(attempt).pk.S, count);
    return count;
  };

  const failureCount = async (attempt: Attempt, now: Instant): Promise<FailureCount> => {
    const known = remembered.get(keyOf(attempt).pk.S);
    if (known && now - known.readAt < rememberedMs) return known;
    const { Item } = await call("GetItem", { TableName: table, Key: keyOf(attempt), ConsistentRead: true });
    return remember(attempt, Item as Item | undefined, now);
  };

  const write = async (attempt: Attempt, now: Instant, failures: string, condition: object) => {
    const { Attributes } = await call("UpdateItem", {
      TableName: table,
      Key: keyOf(attempt),
      UpdateExpression: `SET failures = ${failures}, lastFailureAt = :now, expiresAt = :expires`,
      ReturnValues: "ALL_NEW",
      ...condition,
    });
    remember(attempt, Attributes as Item, now);
  };

  return {
    async isLocked(attempt, now) {
      const { failures, lastFailureAt } = await failureCount(attempt, now);
      return failures > toleratedFailures && now - lastFailureAt < lockMs;
    },

    async failed(attempt, now) {
      const values = { ":now": now, ":one": 1, ":expires": seconds(now + lockMs) };
      try {
        await write(attempt, now, "if_not_exists(failures, :none) + :one", {
          ConditionExpression: "attribute_not_exists(pk) OR lastFailureAt > :ago",
          ExpressionAttributeValues: toItem({ ...values, ":none": 0, ":ago": now - lockMs }),
        });
      } catch (error) {
        conflictingItem(error);
        await write(attempt, now, ":one", { ExpressionAttributeValues: toItem(values) });
      }
    },

    async succeeded(attempt, now) {
      if ((await failureCount(attempt, now)).failures === 0) return;
      const values = { ":now": now, ":none": 0, ":expires": seconds(now) };
      await write(attempt, now, ":none", { ExpressionAttributeValues: toItem(values) });
    },
  };
};

const digest = (...parts: readonly string[]): string => hash("sha256", JSON.stringify(parts), "hex");

const seconds = (at: Instant): number => Math.ceil(at / 1000);
