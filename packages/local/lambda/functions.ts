import { availableParallelism } from "node:os";
import type { LambdaFunction } from "../template/functions.ts";
import { type EnvironmentHost, startEnvironment } from "./environment.ts";
import { createEnvironmentPool, type PoolLimits } from "./environment-pool.ts";
import { failure, type Outcome } from "./outcome.ts";
import { createUnpacker } from "./unpack.ts";

export interface FunctionsOptions extends Omit<EnvironmentHost, "unpack"> {
  /** Where functions are unpacked; what is there is kept between runs. */
  readonly directory: string;
  readonly limits?: Partial<PoolLimits> | undefined;
}

/** The functions of a bundle, each started when its first event comes. */
export interface Functions {
  /** How many events one function works on at once, at most. */
  readonly concurrency: number;
  /** Invokes a function by its deployed name. Never rejects. */
  invoke(name: string, event: string): Promise<Outcome>;
  /** Adds a line about a function to the log. */
  note(name: string, line: string): void;
  /** Ends every process. What is under way or waiting fails. */
  stop(): Promise<void>;
}

/** About 60 MB each, the guards included. */
const maxEnvironments = 12;

export const createFunctions = (functions: readonly LambdaFunction[], options: FunctionsOptions): Functions => {
  const { directory, log } = options;
  const limits: PoolLimits = {
    perFunction: Math.max(2, Math.min(availableParallelism(), 4)),
    total: maxEnvironments,
    idleMs: 300_000,
    ...options.limits,
  };
  const host: EnvironmentHost = { ...options, unpack: createUnpacker(directory) };
  const pool = createEnvironmentPool((lambda) => startEnvironment(lambda, host), limits);
  const byName = new Map(functions.map((lambda) => [lambda.name, lambda]));
  return {
    concurrency: limits.perFunction,
    async invoke(name, event) {
      const lambda = byName.get(name);
      return lambda ? await pool.invoke(lambda, event) : failure("ResourceNotFoundException", `No function ${name}`);
    },
    note: (name, line) => log.note(byName.get(name)?.shortName ?? name, line),
    stop: pool.stop,
  };
};
