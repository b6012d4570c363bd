/** `npm run redrive -- <operation>`: moves parked messages back after checking that they still matter. */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { cancelOperations } from "../../functions/registry.ts";
import { jsonClient } from "../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../shared/adapters/dynamodb/job-store.ts";
import { dynamoDb } from "../../shared/adapters/dynamodb/table-call.ts";
import { sqs } from "../../shared/adapters/sqs/sqs.ts";
import { findPlace } from "./redrive/place.ts";
import { type Redrive, redrive, toSummary } from "./redrive/redrive.ts";

const usage = `usage: npm run redrive -- <operation> [--dry-run] [--max <n>]

Moves the messages that were parked in the dead-letter queue of an operation back into its queue, after checking that
their jobs can still be cancelled. What has nothing left to do is removed; what only a person can repair stays.

  --dry-run   only tells what would be done
  --max <n>   checks at so many messages at most

operations:
${cancelOperations.map(({ name }) => `  ${name}`).join("\n")}`;

/** Undefined where the command line makes no sense. */
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
    return { operation, dryRun: values["dry-run"], most: max ? Number(max) : Number.POSITIVE_INFINITY };
  } catch {
    return undefined;
  }
};

const run = async (asked: Omit<Redrive, "queue">): Promise<number> => {
  const place = await findPlace(process.env);
  const callSqs = jsonClient(sqs, place.aws);
  const jobs = dynamoDbJobStore({ call: jsonClient(dynamoDb, place.aws), table: place.table, newWriteId: randomUUID });
  const queue = await place.queueOf(asked.operation.name, callSqs);
  console.log(`dead letters of ${asked.operation.name}, ${place.name}`);
  const tally = await redrive({ callSqs, jobs, print: console.log }, { ...asked, queue });
  console.log(toSummary(tally, asked.dryRun));
  return tally.failed > 0 ? 1 : 0;
};

const asked = readArguments(process.argv.slice(2));
if (asked === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run(asked);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
