import type { Server } from "node:http";
import { availableParallelism } from "node:os";
import path from "node:path";
import { createTable, type DynamoDb, startDynamoDb } from "./dynamodb.ts";
import { createGateway } from "./gateway/gateway.ts";
import { startEnvironment } from "./lambda/environment.ts";
import { createEnvironmentPool, type PoolLimits } from "./lambda/environment-pool.ts";
import { openFunctionLog } from "./lambda/function-log.ts";
import { createInvokeApi } from "./lambda/invoke-api.ts";
import { failure, type Outcome } from "./lambda/outcome.ts";
import { createUnpacker } from "./lambda/unpack.ts";
import { close, listen } from "./listen.ts";
import type { Settings } from "./settings.ts";
import { readBundle } from "./template/bundle.ts";
import { localAccount } from "./template/resources.ts";

export interface RunnerOptions extends Omit<Settings, "runFile" | "samples"> {
  readonly print: (line: string) => void;
  readonly limits?: Partial<PoolLimits>;
  readonly integrationTimeoutMs?: number;
}

/** The addresses of a running stack. */
export interface Runner {
  readonly http: string;
  readonly lambda: string;
  readonly dynamodb: { readonly endpoint: string; readonly table: string | undefined };
  /** Deployed names by the names in serverless.yml. */
  readonly functions: Readonly<Record<string, string>>;
  /** Lets requests in flight finish for two seconds, then ends every process. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 2_000;
/** About 60 MB each, the guards included. */
const ENVIRONMENTS = 12;

/** Runs a packaged bundle on this machine. */
export const startRunner = async (options: RunnerOptions): Promise<Runner> => {
  const bundle = await readBundle(options.packageDirectory, localAccount(options.region));
  const running: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of running.splice(0).reverse()) await stopOne();
  };

  const servers: Server[] = [];
  const serve = async (server: Server, port: number): Promise<string> => {
    const address = `http://127.0.0.1:${await listen(server, port)}`;
    servers.push(server);
    return address;
  };

  try {
    const dynamodb = await useDynamoDb(options);
    running.push(dynamodb.stop);
    for (const { name, properties } of bundle.tables) {
      await createTable(dynamodb.endpoint, properties, name, options.region);
    }

    const log = await openFunctionLog(path.join(options.dataDirectory, "logs/functions.log"), options.print);
    running.push(log.close);
    const unpack = createUnpacker(path.join(options.dataDirectory, "functions"));
    const overrides = { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, STANDDOWN_CONFIG: options.config };
    const pool = createEnvironmentPool((lambda) => startEnvironment(lambda, { ...options, unpack, log, overrides }), {
      perFunction: Math.max(2, Math.min(availableParallelism(), 4)),
      total: ENVIRONMENTS,
      idleMs: 300_000,
      ...options.limits,
    });
    running.push(pool.stop);

    const byName = new Map(bundle.functions.map((lambda) => [lambda.name, lambda]));
    const invoke = async (name: string, event: string): Promise<Outcome> => {
      const lambda = byName.get(name);
      return lambda ? await pool.invoke(lambda, event) : failure("ResourceNotFoundException", `No function ${name}`);
    };
    const { integrationTimeoutMs = 30_000 } = options;
    const gateway = createGateway({ routes: bundle.routes, invoke, integrationTimeoutMs });
    running.push(async () => {
      await Promise.all(servers.map((server) => close(server, STOP_GRACE_MS)));
    });
    const http = await serve(gateway, options.port);
    const lambda = await serve(createInvokeApi(bundle.functions, invoke), 0);
    return {
      http,
      lambda,
      dynamodb: { endpoint: dynamodb.endpoint, table: bundle.tables[0]?.name },
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
