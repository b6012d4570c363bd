import type { SQSRecord } from "aws-lambda";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cleanup } from "../../functions/cleanup-stale-jobs/cleanup.ts";
import { checks } from "../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../functions/reconcile-cancellations/sweep.ts";
import type { ConfigDocument } from "../../shared/config/document-schema.ts";
import { expectOnTable, scan, traces } from "../support/model/model-on-table.ts";
import { firstUid, type Request, type Setting, tombstoneSeconds } from "../support/model/model-setting.ts";
import { rulesOf, runAlone, type World } from "../support/model/state-model.ts";
import { aRecord, deliver } from "../support/requests/cancel-messages.ts";
import { type InProcessBundle, inProcessBundle, project } from "../support/stack/bundle.ts";
import { now } from "../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";
import { queueRun, scheduledRun } from "../support/stack/runs.ts";

let table: JobsTable;
beforeEach(async () => {
  table = await startJobsTable();
});
afterEach(() => table.stop());

const policies = [{ effect: "allow" as const, actions: ["*"], resources: ["*"] }];

/** Whoever asks has the name of what is asked for, as in the model. */
const document: ConfigDocument = {
  principals: [
    { name: "cancel", tokens: [{ value: "cancel" }], policies },
    { name: "cancel by uid", tokens: [{ value: "cancel-by-uid" }], policies },
    { name: "message", triggers: ["queue"], policies },
    { name: "cleanup", triggers: ["schedule"], policies },
  ],
  queues: { tombstoneSeconds },
};

const post = (bundle: InProcessBundle, path: string, body: object, token = "cancel") =>
  bundle.send("POST", `/jobs/${firstUid}/${path}`, {
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** The functions that do in production what the requests do in the model. */
const functions = {
  cancel: ({ send }) => send("DELETE", `/v1.0/${project}/jobs/model`, { headers: { "x-auth-token": "cancel" } }),
  message: ({ services }) => {
    const message = { operation: "cancel-sql-job", parameters: { project_id: project, job_id: "model" } };
    return deliver("cancel-sql-job", services, [aRecord({ ...message, ifUnknown: "tombstone" }, 1, now - 1)]);
  },
  "cancel by uid": (bundle) => post(bundle, "cancel", {}, "cancel-by-uid"),
  heartbeat: (bundle) => post(bundle, "heartbeat", {}),
  start: (bundle) => post(bundle, "heartbeat", { state: "running" }),
  succeeded: (bundle) => post(bundle, "finish", { outcome: "succeeded" }),
  failed: (bundle) => post(bundle, "finish", { outcome: "failed" }),
  cancelled: (bundle) => post(bundle, "finish", { outcome: "cancelled" }),
  read: ({ send }) => send("GET", `/jobs/${firstUid}`, { headers: { authorization: "Bearer cancel" } }),
  cleanup: ({ services }) => cleanup.run(scheduledRun(services)),
  check: ({ services }) => {
    const record = { messageId: "look", body: JSON.stringify({ uid: firstUid }) } as SQSRecord;
    return checks.settle([record], queueRun(services));
  },
  sweep: ({ services }) => sweep.run(scheduledRun(services)),
} satisfies Partial<Record<Request, (bundle: InProcessBundle) => Promise<unknown>>>;

const runningOnTable = (kind: keyof typeof functions, time: number) => {
  const dueQueue = { ...table.dueQueue, beginRun: async () => "always" as const };
  const bundle = inProcessBundle({ ...table, dueQueue }, document);
  bundle.clock.time = time;
  return { bundle, answered: functions[kind](bundle) };
};

/** A sweep of the model deals with one job; that of production goes on while one is due. */
const inModel = (world: World, kind: Request, rules: ReturnType<typeof rulesOf>): World =>
  kind === "sweep" ? runAlone(runAlone(world, kind, rules), kind, rules) : runAlone(world, kind, rules);

const settings = fc.record<Setting>({
  state: fc.constantFrom("queued", "running", "not registered"),
  backend: fc.constant("worker"),
  maxRuntimeSeconds: fc.constantFrom(6, 3600),
  maxQueuedSeconds: fc.constantFrom(6, 3600),
});

test.each(Object.keys(functions) as (keyof typeof functions)[])(
  "%s does, in whatever state it finds the job, what the model says",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(traces(settings), async (trace) => {
        const { scenario, world } = await scan(table, trace);
        const expected = inModel(world, kind, rulesOf(scenario));
        const { bundle, answered } = runningOnTable(kind, world.time);
        await answered;
        await expectOnTable(table, expected.ledger);
        const told = bundle.recorded.published.flatMap(({ id, subject }) => (subject === undefined ? [] : [id]));
        expect(new Set([...world.published, ...told])).toEqual(new Set(expected.published));
      }),
      { numRuns: 30, endOnFailure: true },
    );
  },
  60_000,
);
