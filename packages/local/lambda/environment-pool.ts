import type { LambdaFunction } from "../template/functions.ts";
import type { Environment } from "./environment.ts";
import { failure, type Outcome } from "./outcome.ts";

export interface PoolLimits {
  /** Environments of one function; further events wait for their turn. */
  readonly perFunction: number;
  /** Environments of all functions together, which bounds the memory: each is a Node process. */
  readonly total: number;
  /** An environment that was not used for so long is ended. */
  readonly idleMs: number;
}

export interface EnvironmentPool {
  /** Never rejects. */
  invoke(lambda: LambdaFunction, event: string): Promise<Outcome>;
  /** Ends every environment; what is under way or waiting fails. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly lambda: LambdaFunction;
  readonly event: string;
  readonly answer: (outcome: Outcome) => void;
}

interface Slot {
  readonly lambda: LambdaFunction;
  environment?: Environment;
  /** Set while the environment waits for work: ends it when it has waited too long. */
  idleTimer?: NodeJS.Timeout | undefined;
}

/** Runs events in execution environments that are started when first needed and used again while warm. */
export const createEnvironmentPool = (
  start: (lambda: LambdaFunction) => Promise<Environment>,
  limits: PoolLimits,
): EnvironmentPool => {
  /** Ordered by last use, the latest at the end. */
  const slots = new Set<Slot>();
  const queue: Waiting[] = [];
  let stopping = false;

  const dispatch = (): void => {
    for (const waiting of [...queue]) {
      const slot = warm(waiting.lambda) ?? fresh(waiting.lambda);
      if (slot === undefined) continue;
      queue.splice(queue.indexOf(waiting), 1);
      void run(slot, waiting);
    }
  };

  const warm = (lambda: LambdaFunction): Slot | undefined =>
    [...slots].findLast((slot) => slot.lambda === lambda && slot.idleTimer !== undefined);

  const fresh = (lambda: LambdaFunction): Slot | undefined => {
    if ([...slots].filter((slot) => slot.lambda === lambda).length >= limits.perFunction) return undefined;
    if (slots.size >= limits.total) {
      // The environment that was idle longest makes room once it has ended.
      const leastUsed = [...slots].find((slot) => slot.idleTimer !== undefined);
      if (leastUsed) end(leastUsed);
      return undefined;
    }
    const slot: Slot = { lambda };
    slots.add(slot);
    return slot;
  };

  const run = async (slot: Slot, { lambda, event, answer }: Waiting): Promise<void> => {
    clearTimeout(slot.idleTimer);
    slot.idleTimer = undefined;
    try {
      const environment = slot.environment ?? (await begin(slot));
      const { outcome, reusable } = await environment.invoke(event);
      // First, so that a client that sends one request after the other meets the same environment.
      if (reusable) rest(slot);
      answer(outcome);
    } catch (error) {
      slots.delete(slot);
      answer(failure("Runtime.StartError", `${lambda.name} cannot be started: ${(error as Error).message}`));
    }
    dispatch();
  };

  const begin = async (slot: Slot): Promise<Environment> => {
    const environment = await start(slot.lambda);
    slot.environment = environment;
    void environment.ended.then(() => {
      clearTimeout(slot.idleTimer);
      slots.delete(slot);
      dispatch();
    });
    if (stopping) end(slot);
    return environment;
  };

  const rest = (slot: Slot): void => {
    slots.delete(slot);
    slots.add(slot);
    slot.idleTimer = setTimeout(() => end(slot), limits.idleMs).unref();
  };

  /** It keeps its place until the process has ended, so that the limits hold for processes. */
  const end = (slot: Slot): void => {
    clearTimeout(slot.idleTimer);
    slot.idleTimer = undefined;
    void slot.environment?.stop();
  };

  return {
    invoke: (lambda, event) =>
      new Promise((answer) => {
        if (stopping) return answer(stopped);
        queue.push({ lambda, event, answer });
        dispatch();
      }),
    async stop() {
      stopping = true;
      for (const { answer } of queue.splice(0)) answer(stopped);
      await Promise.all([...slots].map((slot) => slot.environment?.stop()));
    },
  };
};

const stopped = failure("Runtime.Stopped", "The runner is stopping.");
