import { AwsUnreachable } from "../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbDueQueue } from "../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "../../shared/adapters/dynamodb/job-store.ts";
import { backendKinds } from "../../shared/backends/registry.ts";
import type { ConfigDocument } from "../../shared/config/document-schema.ts";
import type { Instant } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import type { ScheduledCheck } from "../../shared/domain/scheduled-check.ts";
import { StoreThrottled, StoreUnavailable } from "../../shared/ports/job-store.ts";
import type { Services } from "../../shared/ports/services.ts";
import { type InProcessBundle, inProcessBundle } from "../support/stack/bundle.ts";
import { atOnce } from "../support/stack/jobs-table.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Circumstances, Violate } from "./setting.ts";
import type { SimulatedTable } from "./table.ts";

/** One function that runs, on a machine with a clock of its own. */
export interface Actor extends Pick<InProcessBundle, "send" | "services"> {
  readonly name: string;
  /** The principal that asks by native id. */
  readonly principal: () => Promise<Principal>;
  /** Waits for a turn. */
  readonly pause: () => Promise<void>;
}

export type Functions = ReturnType<typeof simulatedFunctions>;

/** The real functions, each with services whose calls fail, are lost, or are the last thing that it does. */
export const simulatedFunctions = (
  table: SimulatedTable,
  document: ConfigDocument,
  scheduler: Scheduler,
  violate: Violate,
  circumstances: Circumstances,
) => {
  const { random, faulty, skewMs, now } = circumstances;
  const queue: { readonly uid: string; readonly at: Instant }[] = [];
  const told = new Map<string, number>();
  let serial = 0;

  /** What of a call to another service happens. */
  const outside = async (actor: string): Promise<"done" | "half" | "failed" | "killed before" | "killed after"> => {
    await scheduler.turn(actor);
    const chance = random();
    if (!faulty() || chance < 0.84) return "done";
    if (chance < 0.87) return "killed before";
    if (chance < 0.9) return "killed after";
    return chance < 0.95 ? "half" : "failed";
  };

  const reconcileQueueOf = (actor: string): Services["reconcileQueue"] => ({
    schedule: async (scheduled: readonly ScheduledCheck[]) => {
      const fate = await outside(actor);
      if (fate === "killed before") return scheduler.kill(actor);
      if (fate === "done" || fate === "killed after")
        for (const { uid, delaySeconds } of scheduled)
          queue.push({ uid, at: now() + Math.max(0, Math.ceil(delaySeconds)) * 1000 });
      if (fate === "killed after") return scheduler.kill(actor);
    },
  });

  const eventsOf = (actor: string): Services["events"] => ({
    publish: async (events) => {
      if (events.length === 0) return new Set();
      const fate = await outside(actor);
      if (fate === "killed before") return scheduler.kill(actor);
      if (fate === "failed") throw new AwsUnreachable("the bus did not answer");
      const taken = fate === "half" ? events.filter(() => random() < 0.5) : events;
      for (const { id } of taken) told.set(id, (told.get(id) ?? 0) + 1);
      return fate === "killed after" ? scheduler.kill(actor) : new Set(taken.map(({ id }) => id));
    },
  });

  const actorOf = (name: string): Actor => {
    const access = {
      call: table.callOf(name),
      table: table.name,
      newWriteId: () => `${name}.${++serial}`,
      wait: atOnce,
    };
    const skew = Math.round((random() * 2 - 1) * skewMs);
    const source = {
      jobs: dynamoDbJobStore(access),
      dueQueue: dynamoDbDueQueue({ ...access, backendKinds }),
      lockouts: { isLocked: async () => false, failed: async () => {}, succeeded: async () => {} },
      nonces: { use: async () => true },
    };
    const bundle = inProcessBundle(source as never, document, {
      clock: { now: () => now() + skew },
      reconcileQueue: reconcileQueueOf(name),
      events: eventsOf(name),
      ids: { requestId: () => `R${++serial}`, jobId: () => `j${++serial}`, writeId: access.newWriteId },
      log: { info: () => {}, error: (message, _, cause) => unlessExpected(message, cause) },
    });
    return {
      name,
      send: bundle.send,
      services: bundle.services,
      principal: async () => {
        const principal = (await bundle.services.credentials()).byTrigger("queue");
        if (principal === undefined) throw new Error("nobody may ask by queue");
        return principal;
      },
      pause: () => scheduler.turn(name),
    };
  };

  const unlessExpected = (where: string, error: unknown): void => {
    if (!isExpected(error)) violate(`${where}: ${error}`, error instanceof Error ? error.stack : undefined);
  };

  return {
    start: (kind: string, play: (actor: Actor) => Promise<void>): void => {
      const name = `${kind} ${++serial}`;
      play(actorOf(name)).catch((error: unknown) => unlessExpected(kind, error));
    },
    dueChecks: (): readonly string[] => queue.filter(({ at }) => at <= now()).map(({ uid }) => uid),
    timesTold: (id: string): number => told.get(id) ?? 0,
  };
};

/** What a function may throw, or log, when the table or the bus fails. */
const isExpected = (error: unknown): boolean =>
  error instanceof StoreThrottled ||
  error instanceof StoreUnavailable ||
  error instanceof AwsUnreachable ||
  (error instanceof AggregateError && error.errors.every(isExpected));
