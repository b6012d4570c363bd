import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { jitteredMs, type Pause } from "../../concurrency/back-off.ts";
import type { Change } from "../../domain/change.ts";
import { StoreUnavailable } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { type CountMove, toCountUpdates } from "./counts.ts";
import { type Item, toJob, toValue } from "./job-item.ts";
import { isLostRace, isRefused } from "./table-call.ts";

/** What a write of one item asks for: of `PutItem` or of `UpdateItem`. */
interface Request {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Readonly<Record<string, AttributeValue>>;
}

interface Counting {
  readonly call: AwsCall;
  readonly table: string;
  readonly readItem: (pk: string, sk: string) => Promise<Item | undefined>;
  readonly wait: Pause;
}

interface Updated {
  readonly item: Item | undefined;
  readonly isWritten?: true;
}

/** Many may write to the counts of one owner at once. */
const maxTurns = 10;
const firstPauseMs = 10;

/** The moves of a job's item, if it is counted. */
export const movesOf = (item: Item, by: 1 | -1): readonly CountMove[] => (item.counted ? [[toJob(item), by]] : []);

/** Writes jobs together with the counts that they are in. */
export const countedWrites = ({ call, table, readItem, wait }: Counting) => {
  const standing = async ({ pk, sk }: Item): Promise<Item | undefined> => readItem(pk?.S ?? "", sk?.S ?? "");

  /** Tries again while others write to the same counts. Returns whether the condition held. */
  const attempt = async (parts: readonly object[]): Promise<boolean> => {
    for (let turn = 0; turn < maxTurns; turn++) {
      try {
        await call("TransactWriteItems", { TransactItems: parts });
        return true;
      } catch (error) {
        if (!isLostRace(error)) throw error;
        if (isRefused(error)) return false;
        await wait(jitteredMs(turn, firstPauseMs));
      }
    }
    throw new StoreUnavailable(`the counts of a job's owner changed ${maxTurns} times while it was written`);
  };

  return {
    /** Puts a job's item. Returns the one that stands there where the condition fails. */
    async put(request: Request & { readonly Item: Item }): Promise<Item | undefined> {
      const isPut = await attempt([{ Put: request }, ...toCountUpdates(table, movesOf(request.Item, 1))]);
      return isPut ? undefined : standing(request.Item);
    },

    /**
     * Carries out a change of an item that was seen. Gives the item after it, or the one that made it fail: which may be one
     * that this very change has written, where the answer was lost.
     */
    async update(request: Request & { readonly Key: Item }, first: Item, { set }: Change): Promise<Updated> {
      for (let seen = first, turn = 0; turn < maxTurns; turn++) {
        const before = toJob(seen);
        const Update = {
          ...request,
          // What is taken out of the counts is what was put there.
          ConditionExpression: `${request.ConditionExpression} AND #write = :seen`,
          ExpressionAttributeValues: { ...request.ExpressionAttributeValues, ":seen": seen.write },
        };
        const moves = toCountUpdates(table, [
          [before, -1],
          [{ ...before, ...set }, 1],
        ]);
        const isWritten = await attempt([{ Update }, ...moves]);
        const now = await standing(request.Key);
        const isSame = now?.uid?.S === before.uid;
        if (isWritten)
          return { isWritten: true, item: isSame ? now : await standing({ ...request.Key, sk: toValue(before.uid) }) };
        if (now === undefined || now.write?.S === seen.write?.S) return { item: now };
        seen = now;
      }
      throw new StoreUnavailable(`a job changed ${maxTurns} times while it was written with its counts`);
    },
  };
};
