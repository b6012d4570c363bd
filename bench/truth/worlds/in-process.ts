import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { SQSRecord } from "aws-lambda";
import { cleanup } from "../../../functions/cleanup-stale-jobs/cleanup.ts";
import { checks } from "../../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../../functions/reconcile-cancellations/sweep.ts";
import { type AwsCall, AwsUnreachable } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbDueQueue } from "../../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { openBackends } from "../../../shared/backends/registry.ts";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import type { Backends } from "../../../shared/ports/backend.ts";
import type { JobStore } from "../../../shared/ports/job-store.ts";
import { aRecord, deliver } from "../../../test/support/requests/cancel-messages.ts";
import { config, inProcessBundle } from "../../../test/support/stack/bundle.ts";
import { startJobsTable } from "../../../test/support/stack/jobs-table.ts";
import { queueRun, scheduledRun } from "../../../test/support/stack/runs.ts";
import type { Database } from "./database.ts";
import { accessKey, type World } from "./world.ts";

/** What a test puts between the functions and their ports, to see that the referee notices. */
export interface Altered {
  readonly backends?: Backends;
  readonly jobs?: (jobs: JobStore, now: () => number) => JobStore;
}

const host = "gateway.test";
/** The configuration of the tests, with a key that signs. */
const document: ConfigDocument = {
  ...config,
  principals: [
    ...(config.principals ?? []),
    {
      name: "signer",
      accessKeys: [accessKey],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
  ],
};
/** Short, since the client's longest pause between two tries is a fourth of it, by the real clock. */
const leaseSeconds = 4;
const graceSeconds = 2;

/**
 * The product's functions in this process, on an embedded table of their own. Their clock stands still unless `pass` moves
 * it, so that no lease ends because the machine is busy.
 */
export const startInProcess = async (
  directory: string,
  { backends = {}, jobs = (own) => own, database }: Altered & { readonly database?: Database | undefined } = {},
) => {
  const table = await startJobsTable();
  const gate = tableGate(table.call);
  const access = { call: gate.call, table: table.table, newWriteId: randomUUID };
  const all = { ...openBackends({ sessions: database?.sessions }), ...backends };
  let now = () => 0;
  const source = {
    ...table,
    jobs: jobs(dynamoDbJobStore(access), () => now()),
    dueQueue: dynamoDbDueQueue({ ...access, backendKinds: Object.keys(all) }),
  };
  const bundle = inProcessBundle(source, document);
  now = bundle.clock.now;
  const { services, clock } = bundle;
  Object.assign(services, { backends: all });
  const clockFile = path.join(directory, `clock-${randomUUID()}`);
  const start = clock.time;
  writeFileSync(clockFile, "0");

  const send: World["send"] = (method, target, { headers = {}, body = "" } = {}) =>
    bundle.send(method, target, { headers: { host, ...headers }, body });
  const world: World = {
    leaseSeconds,
    graceSeconds,
    maxRuntimeSeconds: 3,
    beatSeconds: 0.04,
    readEveryMs: 30,
    clockFile,
    now,
    isReliable: true,
    ...(database === undefined ? {} : { database: database.url }),
    host,
    send,
    ask: send,
    async pass(ms) {
      clock.time += ms;
      writeFileSync(clockFile, String(clock.time - start));
    },
    async check(uid) {
      await checks.settle([{ messageId: "check", body: JSON.stringify({ uid }) } as SQSRecord], queueRun(services));
    },
    async sweep() {
      await sweep.run(scheduledRun(services));
    },
    async cleanup() {
      await cleanup.run(scheduledRun(services));
    },
    async deliver(message, sentAt) {
      const again = await deliver("cancel-sql-job", services, [aRecord(message, 1, sentAt)]);
      if (again.length > 0) throw new Error("the message has to come again");
    },
    breakTable: gate.break,
    restore: gate.restore,
    stop: () => table.stop(),
  };
  return world;
};

/** A way to the table that can be cut: for good, or from one call on, as for a function that dies there. */
const tableGate = (call: AwsCall) => {
  let left = Number.POSITIVE_INFINITY;
  const gated: AwsCall = async (operation, input) => {
    if (left <= 0) throw new AwsUnreachable("cut by the campaign");
    left--;
    return call(operation, input);
  };
  return {
    call: gated,
    break: (fault: "gone" | { readonly diesAtCall: number }) => {
      left = fault === "gone" ? 0 : fault.diesAtCall - 1;
    },
    restore: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
};
