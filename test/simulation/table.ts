import { type AwsCall, AwsUnreachable } from "../../shared/adapters/aws-client/json-client.ts";
import { type Item, toItem } from "../../shared/adapters/dynamodb/job-item.ts";
import { faultyTable, type TableFault } from "../support/stores/faulty-table.ts";
import type { History } from "./history.ts";
import { queryIndex } from "./index-view.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Circumstances } from "./setting.ts";

/** What becomes of one call. */
type Fate = "done" | "killed before" | "killed after" | "answer lost" | "dropped" | TableFault;

export interface SimulatedTable {
  /** The table as one function calls it. */
  readonly callOf: (actor: string) => AwsCall;
  readonly name: string;
}

/** As the client of the functions tries. */
const tries = 3;

/** The embedded table behind a network and a service that fail, with indexes that lag. */
export const simulatedTable = (
  real: { readonly call: AwsCall; readonly table: string },
  scheduler: Scheduler,
  history: History,
  { random, faulty, lag, now, count }: Circumstances,
): SimulatedTable => {
  const fateOf = (operation: string): Fate => {
    if (!faulty()) return "done";
    const chance = random();
    if (chance < 0.84) return "done";
    if (chance < 0.87) return "killed before";
    if (chance < 0.9) return "killed after";
    if (chance < 0.94) return "answer lost";
    if (chance < 0.96) return "dropped";
    if (chance < 0.98) return "throttle";
    if (operation === "BatchGetItem") return "unprocessed";
    return operation === "TransactWriteItems" ? "transaction-conflict" : "done";
  };

  const perform = async (actor: string, operation: string, input: object): Promise<Record<string, unknown>> => {
    const result = await real.call(operation, input);
    for (const item of await writtenBy(real, operation, input as Write, result)) history.note(actor, now(), item);
    return result;
  };

  const callOf =
    (actor: string): AwsCall =>
    async (operation, input) => {
      if (operation === "Query")
        return queryIndex(history.items(faulty() ? Math.floor(random() * (lag + 1)) : 0), input);
      for (let tried = 1; ; tried++) {
        await scheduler.turn(actor);
        const fate = fateOf(operation);
        count(`${operation}: ${fate}`);
        if (fate === "killed before") return scheduler.kill(actor);
        if (fate === "dropped") {
          if (tried === tries) throw new AwsUnreachable("dropped");
          continue;
        }
        const plan = () => (isFault(fate) ? fate : undefined);
        const attempt = faultyTable((...call) => perform(actor, ...call), plan)(operation, input);
        const result = await scheduler.occupy(attempt).catch((error: unknown) => {
          if (fate === "answer lost" && tried < tries) return undefined;
          throw error;
        });
        if (fate === "killed after") return scheduler.kill(actor);
        if (fate !== "answer lost") return result ?? {};
        if (tried === tries) throw new AwsUnreachable("the answer was lost");
      }
    };

  return { callOf, name: real.table };
};

const faults: readonly string[] = ["throttle", "unprocessed", "transaction-conflict"] satisfies TableFault[];
const isFault = (fate: Fate): fate is TableFault => faults.includes(fate);

interface Write {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly TransactItems?: readonly { readonly Put: { readonly Item: Item } }[];
}

/** The items as a write left them. */
const writtenBy = async (
  { call, table }: { readonly call: AwsCall; readonly table: string },
  operation: string,
  { Item, Key, TransactItems = [] }: Write,
  result: Record<string, unknown>,
): Promise<readonly Item[]> => {
  switch (operation) {
    case "PutItem":
      return Item ? [Item] : [];
    case "TransactWriteItems":
      return TransactItems.map(({ Put }) => Put.Item);
    case "UpdateItem": {
      if (result.Attributes) return [result.Attributes as Item];
      const answer = await call("GetItem", { TableName: table, Key: Key ?? toItem({}), ConsistentRead: true });
      return answer.Item ? [answer.Item as Item] : [];
    }
    default:
      return [];
  }
};
