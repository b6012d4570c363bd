import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { cancelOperations } from "../../../functions/registry.ts";
import { jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import { sqs } from "../../../shared/adapters/sqs/sqs.ts";
import { findStack } from "./find-stack.ts";
import { type Redrive, redrive, toSummary } from "./redrive.ts";

const usage = `usage: npm run redrive -- <operation> [--dry-run] [--max <n>]

Moves the messages in the dead-letter queue of an operation back into its queue, after checking that their jobs can
still be cancelled. What has nothing left to do is removed; what only a person can repair stays.

  --dry-run   only tells what would be done
  --max <n>   checks so many messages at most

operations:
${cancelOperations.map(({ name }) => `  ${name}`).join("\n")}`;

/** Runs the command and prints what it does. Returns the exit code: 0, 1 after a failure, 2 for a wrong command line. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(usage);
    return 2;
  }
  const stack = await findStack(env);
  const callSqs = jsonClient(sqs, stack.aws);
  const jobs = dynamoDbJobStore({ call: jsonClient(dynamoDb, stack.aws), table: stack.table, newWriteId: randomUUID });
  const queue = await stack.findQueue(asked.operation.name, callSqs);
  console.log(`dead letters of ${asked.operation.name}, ${stack.name}`);
  const tally = await redrive({ callSqs, jobs, print: console.log }, { ...asked, queue });
  console.log(toSummary(tally, asked.dryRun));
  return tally.failed > 0 ? 1 : 0;
};

/** Returns undefined where the command line makes no sense. */
const readArguments = (args: readonly string[]): Omit<Redrive, "queue"> | undefined => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { "dry-run": { type: "boolean", default: false }, max: { type: "string" } },
    });
    const operation = cancelOperations.find(({ name }) => name === positionals[0]);
    const { max } = values;
    if (operation === undefined || positionals.length > 1 || !/^([1-9]\d{0,8})?$/.test(max ?? "")) return undefined;
    return { operation, dryRun: values["dry-run"], maxMessages: max ? Number(max) : Number.POSITIVE_INFINITY };
  } catch {
    return undefined;
  }
};
