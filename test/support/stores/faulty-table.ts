import { type AwsCall, AwsError } from "../../../shared/adapters/aws-client/json-client.ts";
import type { Item } from "../../../shared/adapters/dynamodb/job-item.ts";

/** What DynamoDB does under stress and a local server does not. */
export type TableFault =
  | "throttle"
  /** One key of a batch is left for later. */
  | "unprocessed"
  | "transaction-throttled"
  | "transaction-conflict"
  | "transaction-invalid";

/** Which fault a call meets, if any. */
export type FaultPlan = (operation: string, input: Record<string, unknown>) => TableFault | undefined;

/** A table that meets the calls with faults, by plan. What is faulty is not done. */
export const faultyTable =
  (call: AwsCall, plan: FaultPlan): AwsCall =>
  async (operation, input) => {
    const fault = plan(operation, input as Record<string, unknown>);
    switch (fault) {
      case undefined:
        return call(operation, input);
      case "throttle":
        throw new AwsError("ThrottlingException", 400, {});
      case "unprocessed":
        return leaveOne(call, input as BatchGet);
      default:
        throw cancelled(reasons[fault]);
    }
  };

const reasons = {
  "transaction-throttled": "ThrottlingError",
  "transaction-conflict": "TransactionConflict",
  "transaction-invalid": "ValidationError",
} as const;

const cancelled = (Code: string): AwsError =>
  new AwsError("TransactionCanceledException", 400, { CancellationReasons: [{ Code: "None" }, { Code }] });

interface BatchGet {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

const leaveOne = async (call: AwsCall, { RequestItems }: BatchGet) => {
  const [[table, request] = ["", { Keys: [] }]] = Object.entries(RequestItems);
  const asking = (Keys: readonly Item[]) => ({ [table]: { ...request, Keys } });
  const [left, ...rest] = request.Keys;
  const UnprocessedKeys = left ? asking([left]) : {};
  if (rest.length === 0) return { Responses: { [table]: [] }, UnprocessedKeys };
  return { ...(await call("BatchGetItem", { RequestItems: asking(rest) })), UnprocessedKeys };
};

/** A table whose index of due jobs goes on to show what it has shown once. */
export const laggingTable = (call: AwsCall): AwsCall => {
  const shown = new Map<string, Item>();
  return async (operation, input) => {
    const result = await call(operation, input);
    const { IndexName, Limit = 1000, ExclusiveStartKey: start, ExpressionAttributeValues: values } = input as DueQuery;
    if (operation !== "Query" || IndexName !== "due" || values === undefined) return result;
    for (const item of result.Items as Item[]) shown.set(nameOf(item), item);
    const known = [...shown.values()].filter(
      (item) =>
        item.dueKey?.S === values[":key"]?.S &&
        timeOf(item) <= Number(values[":now"]?.N) &&
        (start === undefined || compare(item, start) > 0),
    );
    const Items = known.toSorted(compare).slice(0, Limit);
    const last = Items.length === Limit ? Items.at(-1) : undefined;
    return { Items, ...(last ? { LastEvaluatedKey: last } : {}) };
  };
};

interface DueQuery {
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ExpressionAttributeValues?: Item;
}

const timeOf = ({ dueAt }: Item): number => Number(dueAt?.N);
const nameOf = ({ pk, sk, dueAt }: Item): string => `${pk?.S} ${sk?.S} ${dueAt?.N}`;
const compare = (one: Item, other: Item): number =>
  timeOf(one) - timeOf(other) || (nameOf(one) < nameOf(other) ? -1 : Number(nameOf(one) > nameOf(other)));
