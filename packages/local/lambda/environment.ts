import { randomUUID } from "node:crypto";
import { startGuarded } from "../platform/guarded-process.ts";
import { localCredentials } from "../platform/local-credentials.ts";
import type { LambdaFunction } from "../template/functions.ts";
import type { FunctionLog } from "./function-log.ts";
import { failure, type Outcome } from "./outcome.ts";
import { startRuntimeApi } from "./runtime-api.ts";
import type { Unpacked } from "./unpack.ts";

/** What an execution environment is given by the machine it runs on. */
export interface EnvironmentHost {
  readonly unpack: (lambda: LambdaFunction) => Promise<Unpacked>;
  readonly log: FunctionLog;
  readonly region: string;
  readonly inherited: Readonly<Record<string, string>>;
  /** Settings that differ from the template's because the function runs here. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** One process that serves one invocation at a time. */
export interface Environment {
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  /** Never rejects. Settles when the environment has also finished with the event, and so can take the next one. */
  invoke(event: string): Promise<Invoked>;
  stop(): Promise<void>;
}

export interface Invoked {
  readonly outcome: Outcome;
  /** False where the process has ended. */
  readonly reusable: boolean;
}

interface Pending {
  readonly event: string;
  readonly requestId: string;
  readonly settle: (invoked: Invoked) => void;
  given: boolean;
  answer?: Outcome;
}

/** How long AWS lets a function initialize, apart from its own timeout. */
const initTimeoutMs = 10_000;

/** Starts an execution environment of a function. It is initialized while its first event waits. */
export const startEnvironment = async (lambda: LambdaFunction, host: EnvironmentHost): Promise<Environment> => {
  const unpacked = await host.unpack(lambda);
  let idle = false;
  let pending: Pending | undefined;
  let overtime: NodeJS.Timeout | undefined;
  /** Why the process is ending or has ended; the answer to who still waits. */
  let lastWords: Outcome | undefined;

  const give = (): void => {
    if (!idle || pending === undefined) return;
    idle = false;
    pending.given = true;
    const timeoutMs = lambda.timeoutSeconds * 1000;
    allow(timeoutMs, `Task timed out after ${lambda.timeoutSeconds.toFixed(2)} seconds`);
    api.give({ requestId: pending.requestId, event: pending.event, deadline: Date.now() + timeoutMs });
  };

  /** Kills the process unless it is idle again in time; a blocked event loop could not be asked to stop. */
  const allow = (ms: number, complaint: string): void => {
    clearTimeout(overtime);
    overtime = setTimeout(() => {
      lastWords = failure("Sandbox.Timedout", `RequestId: ${pending?.requestId} Error: ${complaint}`);
      void guarded.stop();
    }, ms);
  };

  const settle = (outcome: Outcome, reusable: boolean): void => {
    pending?.settle({ outcome: pending.answer ?? outcome, reusable });
    pending = undefined;
  };

  const api = await startRuntimeApi(lambda.arn, {
    idle() {
      clearTimeout(overtime);
      idle = true;
      if (pending?.given) settle(failure("Runtime.NoAnswer", "The runtime did not answer the event."), true);
      give();
    },
    answered(outcome) {
      if (pending) pending.answer = outcome;
    },
    initFailed(outcome) {
      lastWords = outcome;
    },
  });

  const guarded = startGuarded(process.execPath, [unpacked.runtimeClient], {
    cwd: unpacked.directory,
    env: {
      ...host.inherited,
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      ...lambda.environment,
      ...host.overrides,
      _HANDLER: lambda.handler,
      LAMBDA_TASK_ROOT: unpacked.directory,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: lambda.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${lambda.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID()}`,
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_REGION: host.region,
      AWS_DEFAULT_REGION: host.region,
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      AWS_SESSION_TOKEN: "local",
    },
  });
  host.log.follow(lambda.shortName, guarded.stdout);
  host.log.follow(lambda.shortName, guarded.stderr);
  allow(initTimeoutMs, `Init timed out after ${initTimeoutMs / 1000} seconds`);

  const ended = guarded.ended
    .catch(() => 127)
    .then(async (status) => {
      clearTimeout(overtime);
      const complaint = `RequestId: ${pending?.requestId} Error: Runtime exited with error: exit status ${status}`;
      lastWords ??= failure("Runtime.ExitError", complaint);
      settle(lastWords, false);
      await api.stop();
    });

  return {
    ended,
    invoke: (event) =>
      new Promise((resolve) => {
        pending = { event, requestId: randomUUID(), settle: resolve, given: false };
        if (lastWords === undefined) give();
        else settle(lastWords, false);
      }),
    async stop() {
      await guarded.stop();
      await ended;
    },
  };
};
