import { randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach } from "vitest";
import { cleanup } from "../../../functions/cleanup-stale-jobs/cleanup.ts";
import { checks } from "../../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../../functions/reconcile-cancellations/sweep.ts";
import { type AwsCall, AwsUnreachable } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbDueQueue } from "../../../shared/adapters/dynamodb/due-queue.ts";
import type { Item } from "../../../shared/adapters/dynamodb/job-item.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { backendKinds } from "../../../shared/backends/registry.ts";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import type { Job } from "../../../shared/domain/job.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { config, inProcessBundle } from "./bundle.ts";
import { aJob, now } from "./jobs.ts";
import { atOnce, type JobsTable, startJobsTable } from "./jobs-table.ts";
import { queueRun, scheduledRun } from "./runs.ts";

export type PolicyInput = NonNullable<NonNullable<ConfigDocument["cleanup"]>["policies"]>[number];

export interface Given {
  readonly policies?: readonly PolicyInput[];
  readonly principals?: ConfigDocument["principals"];
  /** How the table is called; directly where absent. */
  readonly call?: AwsCall;
}

/** The scheduled functions on a new table for each test. Times are seconds after `now`, when jobs are registered. */
export const useScheduledRuns = () => {
  let table: JobsTable;
  beforeEach(async () => {
    table = await startJobsTable();
  });
  afterEach(() => table.stop());

  const start = ({ policies = [], principals = config.principals, call = table.call }: Given = {}) => {
    const access = { call, table: table.table, newWriteId: randomUUID };
    const source = {
      ...table,
      jobs: dynamoDbJobStore(access),
      dueQueue: dynamoDbDueQueue({ ...access, backendKinds, wait: atOnce }),
    };
    const bundle = inProcessBundle(source, { principals, cleanup: { policies: [...policies] } });
    const at = (seconds: number, instead: Partial<Services>): Services => {
      bundle.clock.time = now + seconds * 1000;
      return { ...bundle.services, ...instead };
    };
    const checkAt = (seconds: number, bodies: readonly string[], instead: Partial<Services> = {}) => {
      const records = bodies.map((body, index) => ({ messageId: String(index), body }) as SQSRecord);
      return checks.settle(records, queueRun(at(seconds, instead)));
    };
    return {
      ...bundle,
      bundle,
      cleanupAt: (seconds: number, instead: Partial<Services> = {}) => cleanup.run(scheduledRun(at(seconds, instead))),
      /** What an operator started by hand, with this. */
      startedWith: (seconds: number, event: unknown) => {
        const services = at(seconds, {});
        return cleanup.run(scheduledRun(services, services, event));
      },
      sweepAt: (seconds: number, instead: Partial<Services> = {}) => sweep.run(scheduledRun(at(seconds, instead))),
      /** Checks what these messages name, and gives the numbers of those that must come again. */
      checkAt,
    };
  };

  return {
    start,
    table: () => table,
    /** Takes every item out of the table, so that one test can live many lives. */
    clear: async () => {
      const { Items } = await table.call("Scan", { TableName: table.table });
      for (const { pk, sk } of Items as Item[])
        await table.call("DeleteItem", { TableName: table.table, Key: { pk, sk } });
    },
    register: async (given: Partial<Job> = {}): Promise<Job> => {
      const job = aJob(given);
      await table.jobs.register(job, job.uid);
      return job;
    },
    read: async ({ uid }: Pick<Job, "uid">): Promise<Job | undefined> => table.jobs.get(uid),
    stateOf: async ({ uid }: Pick<Job, "uid">) => (await table.jobs.get(uid))?.state,
    /** A sign of life. */
    hear: ({ uid }: Pick<Job, "uid">, seconds: number) =>
      table.jobs.changeIncarnation(uid, {
        when: { states: ["queued", "running", "stopping"] },
        set: { heartbeatAt: now + seconds * 1000 },
      }),
  };
};

export type ScheduledRuns = ReturnType<ReturnType<typeof useScheduledRuns>["start"]>;

/** Alive for as long as any test looks: only its age can make such a job stale. */
export const lasting = { heartbeatTimeoutSeconds: 86_400 } as const;

export const policyIn = ({ policies }: Awaited<ReturnType<typeof cleanup.run>>, name: string) =>
  policies.find((policy) => policy.name === name);

/** Counts what was read: jobs by `GetItem` and `BatchGetItem`, entries by the name of the index that gave them. */
export const countRead = (call: AwsCall) => {
  const counts: Record<string, number> = {};
  const counted: AwsCall = async (operation, input) => {
    const result = await call(operation, input);
    const from = "IndexName" in input ? String(input.IndexName) : "jobs";
    const items = [result.Items ?? result.Item ?? Object.values(result.Responses ?? {})].flat(2) as Item[];
    const found = from === "jobs" ? items.filter(({ uid }) => uid) : items;
    counts[from] = (counts[from] ?? 0) + found.length;
    return result;
  };
  /** What was read since this was asked last. */
  const take = () => {
    const { jobs = 0, due = 0, active = 0 } = counts;
    for (const from of Object.keys(counts)) delete counts[from];
    return { jobs, due, active };
  };
  return { call: counted, take };
};

/** A table that is gone from its n-th call on, as for a function that dies there. */
export const goneFrom =
  (nth: number) =>
  (call: AwsCall): AwsCall =>
    countedCall(call, (count) => count >= nth && noAnswer());

/** A table whose n-th call fails, however often it is tried. */
export const failingAt =
  (nth: number) =>
  (call: AwsCall): AwsCall =>
    countedCall(call, (count) => count === nth && noAnswer());

const noAnswer = (): never => {
  throw new AwsUnreachable("no answer");
};

/** Tells of each call before it is made, but of no shard that is empty: there are many, and losing one is like losing another. */
export const countedCall = (call: AwsCall, tell: (count: number) => void): AwsCall => {
  let count = 0;
  return async (operation, input) => {
    if (operation !== "Query") {
      tell(++count);
      return call(operation, input);
    }
    const result = await call(operation, input);
    if ((result.Items as Item[]).length > 0) tell(++count);
    return result;
  };
};
