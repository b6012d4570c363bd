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
}

/** Calls the table, and turns throttling and outages into errors of the store. */
export const storeCall =
  (call: AwsCall): AwsCall =>
  async (operation, input) => {
    try {
      return await call(operation, input);
    } catch (error) {
      if (isThrottle(error)) throw new StoreThrottled("the table throttles", { cause: error });
      if (error instanceof AwsUnreachable || (error instanceof AwsError && error.status >= 500))
        throw new StoreUnavailable("the table did not answer", { cause: error });
      throw error;
    }
  };

/** Returns the item that made a condition fail. Throws any other error. */
export const conflictingItem = (error: unknown): Item | undefined => {
  if (error instanceof AwsError && error.code === "ConditionalCheckFailedException")
    return error.body.Item as Item | undefined;
  throw error;
};
