import { jitteredMs, type Pause, pause } from "../../concurrency/back-off.ts";
import { StoreThrottled, StoreUnavailable } from "../../ports/job-store.ts";
import { type AwsCall, AwsError, AwsUnreachable, isThrottle, type JsonService } from "../aws-client/json-client.ts";
import type { Item } from "./job-item.ts";

export const dynamoDb: JsonService = {
  name: "dynamodb",
  target: "DynamoDB_20120810",
  contentType: "application/x-amz-json-1.0",
};

export interface TableAccess {
  readonly call: AwsCall;
  readonly table: string;
  readonly newWriteId: () => string;
  /** For tests, which have no time. */
  readonly wait?: Pause;
}

/** Calls the table, and turns throttling and outages into errors of the store. */
export const storeCall =
  (call: AwsCall): AwsCall =>
  async (operation, input) => {
    try {
      return await call(operation, input);
    } catch (error) {
      if (isThrottle(error) || isThrottledTransaction(error))
        throw new StoreThrottled("the table throttles", { cause: error });
      if (error instanceof AwsUnreachable || (error instanceof AwsError && error.status >= 500))
        throw new StoreUnavailable("the table did not answer", { cause: error });
      throw error;
    }
  };

const reasonsOf = (error: unknown): readonly string[] => {
  if (!(error instanceof AwsError) || error.code !== "TransactionCanceledException") return [];
  const { CancellationReasons: reasons = [] } = error.body as { CancellationReasons?: readonly { Code?: string }[] };
  return reasons.map(({ Code = "None" }) => Code);
};

const isThrottledTransaction = (error: unknown): boolean =>
  reasonsOf(error).some((reason) => reason === "ThrottlingError" || reason === "ProvisionedThroughputExceeded");

/** Whether a transaction met another write, of the same items at the same moment or one that was there before. */
export const isLostRace = (error: unknown): boolean => {
  const reasons = reasonsOf(error).filter((reason) => reason !== "None");
  return (
    reasons.length > 0 &&
    reasons.every((reason) => reason === "ConditionalCheckFailed" || reason === "TransactionConflict")
  );
};

/** Whether the condition of a transaction's first part failed, and not merely the moment. */
export const isRefused = (error: unknown): boolean => reasonsOf(error)[0] === "ConditionalCheckFailed";

const attempts = 5;
const firstPauseMs = 200;

/** A run of a scheduled function has the time to wait for a table that throttles. */
export const patientCall =
  (call: AwsCall, wait: Pause = pause): AwsCall =>
  async (operation, input) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await call(operation, input);
      } catch (error) {
        if (!(error instanceof StoreThrottled) || attempt === attempts - 1) throw error;
        await wait(jitteredMs(attempt, firstPauseMs));
      }
    }
  };

/** Returns the item that made a condition fail. Throws any other error. */
export const conflictingItem = (error: unknown): Item | undefined => {
  if (error instanceof AwsError && error.code === "ConditionalCheckFailedException")
    return error.body.Item as Item | undefined;
  throw error;
};
