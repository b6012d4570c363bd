import path from "node:path";
import { createGateway } from "./gateway/gateway.ts";
import type { PoolLimits } from "./lambda/environment-pool.ts";
import { openFunctionLog } from "./lambda/function-log.ts";
import { createFunctions, type Functions } from "./lambda/functions.ts";
import { createInvokeApi } from "./lambda/invoke-api.ts";
import type { EventSource } from "./platform/event-source.ts";
import { serve } from "./platform/listen.ts";
import { startRule } from "./schedule/rules.ts";
import { systemTimer, type Timer } from "./schedule/timer.ts";
import type { Settings } from "./settings.ts";
import { startPollers } from "./sqs/pollers.ts";
import { type QueueAddress, queueAddresses } from "./sqs/queues.ts";
import { type Stack, startStack } from "./stack.ts";

export interface RunnerOptions
  extends Omit<Settings, "runFile" | "samples" | "background">,
    Partial<Pick<Settings, "background">> {
  readonly print: (line: string) => void;
  readonly limits?: Partial<PoolLimits>;
  readonly integrationTimeoutMs?: number;
  /** What schedules go by; the system's clock unless given. */
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

/**
 * Runs a packaged bundle on this machine. Everything is ended in the opposite order of its start, also where the start
 * fails: what brings events, then the functions, then what the functions call.
 */
export const startRunner = async (options: RunnerOptions): Promise<Runner> => {
  await using starting = new AsyncDisposableStack();
  const { dataDirectory, print, timer = systemTimer, background = true } = options;

  const log = await openFunctionLog(path.join(dataDirectory, "logs/functions.log"), print);
  starting.defer(log.close);
  const stack = await startStack({ ...options, timer, log, stopGraceMs }, starting);
  let http = "";
  const functions = createFunctions(stack.bundle.functions, {
    ...options,
    log,
    directory: path.join(dataDirectory, "functions"),
    overrides: {
      ...stack.environment,
      STANDDOWN_CONFIG: options.config,
      STANDDOWN_SECRETS: options.secrets,
      // Known once the gateway listens, which is before any function starts.
      get STANDDOWN_API_URL() {
        return http;
      },
    },
  });
  starting.defer(functions.stop);

  const sources: EventSource[] = [];
  starting.defer(async () => {
    await Promise.all(sources.map((source) => source.stop(stopGraceMs)));
  });
  const addresses = await serveRequests(stack, functions, options, sources);
  http = addresses.http;
  if (background) sources.push(...startSchedules(stack, functions, timer), ...startQueues(stack, functions));

  const { bundle, dynamodb, sqs, events } = stack;
  const running = starting.move();
  return {
    ...addresses,
    dynamodb,
    ...(sqs && { sqs: { ...sqs, queues: queueAddresses(bundle.queues) } }),
    ...(events && { events }),
    functions: Object.fromEntries(bundle.functions.map(({ shortName, name }) => [shortName, name])),
    stop: () => running.disposeAsync(),
  };
};

/** Serves the routes of the template on the port that was asked for, and Lambda's Invoke API on any free one. */
const serveRequests = async (
  { bundle: { routes, functions: lambdas } }: Stack,
  { invoke }: Functions,
  { port, integrationTimeoutMs = 30_000 }: RunnerOptions,
  sources: EventSource[],
): Promise<Pick<Runner, "http" | "lambda">> => {
  const gateway = await serve(createGateway({ routes, invoke, integrationTimeoutMs }), port);
  sources.push(gateway);
  const invokeApi = await serve(createInvokeApi(lambdas, invoke), 0);
  sources.push(invokeApi);
  return { http: gateway.address, lambda: invokeApi.address };
};

const startSchedules = ({ bundle, account }: Stack, functions: Functions, timer: Timer): readonly EventSource[] =>
  bundle.schedules.map((rule) => startRule({ ...functions, rule, account, timer }));

const startQueues = ({ bundle, account, sqs }: Stack, functions: Functions): readonly EventSource[] =>
  sqs ? [startPollers({ ...functions, bundle, account, environments: functions.concurrency })] : [];
