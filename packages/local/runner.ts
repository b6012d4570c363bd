import type { Server } from "node:http";
import { availableParallelism } from "node:os";
import path from "node:path";
import { createTable, type DynamoDb, startDynamoDb } from "./dynamodb/server.ts";
import { startEventBridge } from "./events/server.ts";
import { createGateway } from "./gateway/gateway.ts";
import { startEnvironment } from "./lambda/environment.ts";
import { createEnvironmentPool, type PoolLimits } from "./lambda/environment-pool.ts";
import { openFunctionLog } from "./lambda/function-log.ts";
import { createInvokeApi } from "./lambda/invoke-api.ts";
import { failure, type Outcome } from "./lambda/outcome.ts";
import { createUnpacker } from "./lambda/unpack.ts";
import { close, listen } from "./platform/listen.ts";
import { startRule } from "./schedule/rules.ts";
import { systemTimer, type Timer } from "./schedule/timer.ts";
import type { Settings } from "./settings.ts";
import { createQueues, type QueueAddress, queueAddresses, startPollers } from "./sqs/queues.ts";
import { startSqs } from "./sqs/server.ts";
import { describeBundle, hasQueues, readTemplate } from "./template/bundle.ts";
import { localAccount } from "./template/resources.ts";

export interface RunnerOptions
  extends Omit<Settings, "runFile" | "samples" | "background">,
    Partial<Pick<Settings, "background">> {
  readonly print: (line: string) => void;
  readonly limits?: Partial<PoolLimits>;
  readonly integrationTimeoutMs?: number;
  /** What schedules go by. */
  readonly timer?: Timer;
}

/** The addresses of a running stack. */
export interface Runner {
  readonly http: string;
  readonly lambda: string;
  readonly dynamodb: { readonly endpoint: string; readonly table: string | undefined };
  /** Queues by what they are for; absent where the template has none. */
  readonly sqs?: { readonly endpoint: string; readonly queues: Readonly<Record<string, QueueAddress>> };
  /** Where events are published, and the bus for them; absent where the template has none. */
  readonly events?: { readonly endpoint: string; readonly bus: string };
  /** Deployed names by the names in serverless.yml. */
  readonly functions: Readonly<Record<string, string>>;
  /** Polls and fires no more, lets what is in flight finish for two seconds, then ends every process. */
  stop(): Promise<void>;
}

const stopGraceMs = 2_000;
/** About 60 MB each, the guards included. */
const mostEnvironments = 12;

/** Runs a packaged bundle on this machine. */
export const startRunner = async (options: RunnerOptions): Promise<Runner> => {
  const template = await readTemplate(options.packageDirectory);
  const running: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of running.splice(0).reverse()) await stopOne();
  };

  const { integrationTimeoutMs = 30_000, timer = systemTimer } = options;
  const servers: Server[] = [];
  const serve = async (server: Server, port: number): Promise<string> => {
    const address = `http://127.0.0.1:${await listen(server, port)}`;
    servers.push(server);
    return address;
  };

  try {
    const sqs = hasQueues(template) ? await startSqs(options.region) : undefined;
    if (sqs) running.push(sqs.stop);
    const account = localAccount(options.region, sqs?.endpoint);
    const bundle = describeBundle(template, options.packageDirectory, account);
    if (sqs) await createQueues(bundle.queues, sqs.endpoint);

    const dynamodb = await useDynamoDb(options);
    running.push(dynamodb.stop);
    for (const { name, properties } of bundle.tables) {
      await createTable(dynamodb.endpoint, properties, name, options.region);
    }

    const log = await openFunctionLog(path.join(options.dataDirectory, "logs/functions.log"), options.print);
    running.push(log.close);
    const [bus] = bundle.buses;
    const eventBridge =
      bus &&
      (await startEventBridge({
        buses: bundle.buses,
        rules: bundle.eventRules,
        account,
        logFile: path.join(options.dataDirectory, "logs/events.log"),
        now: () => timer.now(),
        print: options.print,
        note: (line) => log.note("events", line),
      }));
    // It outlives the functions, which publish while they finish.
    if (eventBridge) running.push(() => eventBridge.stop(stopGraceMs));
    const unpack = createUnpacker(path.join(options.dataDirectory, "functions"));
    const overrides = {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      ...(sqs && { AWS_ENDPOINT_URL_SQS: sqs.endpoint }),
      ...(eventBridge && { AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.endpoint }),
      STANDDOWN_CONFIG: options.config,
      STANDDOWN_SECRETS: options.secrets,
    };
    const limits: PoolLimits = {
      perFunction: Math.max(2, Math.min(availableParallelism(), 4)),
      total: mostEnvironments,
      idleMs: 300_000,
      ...options.limits,
    };
    const pool = createEnvironmentPool(
      (lambda) => startEnvironment(lambda, { ...options, unpack, log, overrides }),
      limits,
    );
    running.push(pool.stop);

    const byName = new Map(bundle.functions.map((lambda) => [lambda.name, lambda]));
    const invoke = async (name: string, event: string): Promise<Outcome> => {
      const lambda = byName.get(name);
      return lambda ? await pool.invoke(lambda, event) : failure("ResourceNotFoundException", `No function ${name}`);
    };
    const gateway = createGateway({ routes: bundle.routes, invoke, integrationTimeoutMs });
    /** What brings events without being asked; it ends first. */
    const sources: { stop(graceMs: number): Promise<void> }[] = [];
    running.push(async () => {
      const stopping = sources.map((source) => source.stop(stopGraceMs));
      await Promise.all([...stopping, ...servers.map((server) => close(server, stopGraceMs))]);
    });
    const http = await serve(gateway, options.port);
    const lambda = await serve(createInvokeApi(bundle.functions, invoke), 0);

    const note = (name: string, line: string): void => log.note(byName.get(name)?.shortName ?? name, line);
    const { background = true } = options;
    for (const rule of background ? bundle.schedules : [])
      sources.push(startRule({ rule, account, timer, invoke, note }));
    if (sqs && background) {
      const { endpoint } = sqs;
      const environments = limits.perFunction;
      sources.push(...startPollers({ bundle, endpoint, region: options.region, environments, invoke, note }));
    }
    return {
      http,
      lambda,
      dynamodb: { endpoint: dynamodb.endpoint, table: bundle.tables[0]?.name },
      ...(sqs && { sqs: { endpoint: sqs.endpoint, queues: queueAddresses(bundle.queues) } }),
      ...(bus && eventBridge && { events: { endpoint: eventBridge.endpoint, bus: bus.name } }),
      functions: Object.fromEntries(bundle.functions.map(({ shortName, name }) => [shortName, name])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const useDynamoDb = async ({
  dynamoDbEndpoint,
  dataDirectory,
}: Pick<Settings, "dynamoDbEndpoint" | "dataDirectory">): Promise<DynamoDb> =>
  dynamoDbEndpoint === undefined
    ? await startDynamoDb({ dbPath: path.join(dataDirectory, "dynamodb.sqlite") })
    : { endpoint: dynamoDbEndpoint, stop: async () => {} };
