import path from "node:path";
import { startDynamoDb } from "./dynamodb/server.ts";
import { createTable } from "./dynamodb/table.ts";
import { startEventBridge } from "./events/server.ts";
import type { FunctionLog } from "./lambda/function-log.ts";
import type { Timer } from "./schedule/timer.ts";
import type { Settings } from "./settings.ts";
import { createQueues } from "./sqs/queues.ts";
import { startSqs } from "./sqs/server.ts";
import { type Bundle, describeBundle, hasQueues, readTemplate } from "./template/bundle.ts";
import { type Account, localAccount } from "./template/resources.ts";

export interface StackOptions
  extends Pick<Settings, "packageDirectory" | "dataDirectory" | "dynamoDbEndpoint" | "region"> {
  readonly print: (line: string) => void;
  readonly log: FunctionLog;
  readonly timer: Timer;
  /** How long requests in flight may take to finish when the stack is stopped. */
  readonly stopGraceMs: number;
}

/** What a packaged template becomes on this machine: everything that its functions call, and where that is. */
export interface Stack {
  readonly bundle: Bundle;
  readonly account: Account;
  readonly dynamodb: { readonly endpoint: string; readonly table: string | undefined };
  /** Absent where the template has no queues. */
  readonly sqs?: { readonly endpoint: string };
  /** Absent where the template has no bus. */
  readonly events?: { readonly endpoint: string; readonly bus: string };
  /** Tells the AWS clients of a function where everything is. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the servers of a stack and creates its resources. Defers to `running` what ends them. */
export const startStack = async (options: StackOptions, running: AsyncDisposableStack): Promise<Stack> => {
  const { packageDirectory, region } = options;
  const template = await readTemplate(packageDirectory);
  // The URLs of queues, which others refer to, are known once their server runs.
  const sqs = hasQueues(template) ? await startSqs(region) : undefined;
  if (sqs) running.defer(sqs.stop);
  const account = localAccount(region, sqs?.endpoint);
  const bundle = describeBundle(template, packageDirectory, account);
  await createQueues(bundle.queues, account);

  const dynamodb = await startTables(bundle, options, running);
  const events = await startBus(bundle, account, options, running);
  return {
    bundle,
    account,
    dynamodb: { endpoint: dynamodb, table: bundle.tables[0]?.name },
    ...(sqs && { sqs: { endpoint: sqs.endpoint } }),
    ...(events && { events }),
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      ...(sqs && { AWS_ENDPOINT_URL_SQS: sqs.endpoint }),
      ...(events && { AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint }),
    },
  };
};

/** Returns the endpoint. */
const startTables = async (
  { tables }: Bundle,
  { dynamoDbEndpoint, dataDirectory, region }: StackOptions,
  running: AsyncDisposableStack,
): Promise<string> => {
  let endpoint = dynamoDbEndpoint;
  if (endpoint === undefined) {
    const server = await startDynamoDb({ dbPath: path.join(dataDirectory, "dynamodb.sqlite") });
    running.defer(server.stop);
    endpoint = server.endpoint;
  }
  for (const { name, properties } of tables) await createTable(endpoint, properties, name, region);
  return endpoint;
};

const startBus = async (
  { buses, eventRules: rules }: Bundle,
  account: Account,
  { dataDirectory, timer, print, log, stopGraceMs }: StackOptions,
  running: AsyncDisposableStack,
): Promise<Stack["events"]> => {
  const [bus] = buses;
  if (bus === undefined) return undefined;
  const server = await startEventBridge({
    buses,
    rules,
    account,
    logFile: path.join(dataDirectory, "logs/events.log"),
    now: () => timer.now(),
    print,
    note: (line) => log.note("events", line),
  });
  running.defer(() => server.stop(stopGraceMs));
  return { endpoint: server.endpoint, bus: bus.name };
};
