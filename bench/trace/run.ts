/** `npm run bench:trace`: how many files and functions one call of each kind enters, once everything is warm. */
import type { Context } from "aws-lambda";
import { cleanup } from "../../functions/cleanup-stale-jobs/cleanup.ts";
import { cancelSqlJob } from "../../functions/dli/cancel-sql-job/operation.ts";
import { checks } from "../../functions/reconcile-cancellations/queue.ts";
import { gatewayEvent } from "../../packages/local/gateway/event.ts";
import { jsonLog } from "../../shared/adapters/cloudwatch/json-log.ts";
import { createCredentialStore } from "../../shared/auth/credential-store.ts";
import { parseConfig } from "../../shared/config/document.ts";
import { toSettings } from "../../shared/config/settings.ts";
import { createServices } from "../../shared/container.ts";
import type { Job } from "../../shared/domain/job.ts";
import { cancelQueue } from "../../shared/entrypoints/cancel-queue.ts";
import { httpEntry } from "../../shared/entrypoints/http.ts";
import { restOperation } from "../../shared/entrypoints/rest.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import type { ServicesUntil } from "../../shared/ports/services.ts";
import { aRecord } from "../../test/support/requests/cancel-messages.ts";
import { startAwsStandIn } from "../../test/support/stack/aws-stand-in.ts";
import { aJob } from "../../test/support/stack/jobs.ts";
import { localAws } from "../../test/support/stack/jobs-table.ts";
import { startServers } from "../queue/servers.ts";
import { load } from "../table/load.ts";
import { startTracer } from "./coverage.ts";

const config = parseConfig(
  "the trace",
  JSON.stringify({
    principals: [
      {
        name: "ops",
        triggers: ["http", "queue", "schedule"],
        tokens: [{ value: "ops-token" }],
        policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
      },
    ],
    cleanup: {
      policies: [
        {
          name: "silent",
          service: "dli",
          heartbeatLost: true,
          action: "cancel",
          maxActionsPerRun: 1000,
          maxFractionOfActive: 1,
        },
      ],
    },
  }),
);

await using servers = await startServers();
const bus = await startAwsStandIn(({ input }) => ({
  body: { FailedEntryCount: 0, Entries: (input.Entries as unknown[]).map((_, index) => ({ EventId: String(index) })) },
}));
const { endpoints, ...aws } = localAws(servers.table.endpoint);
const connected = createServices({
  table: servers.table.table,
  config: "unused",
  reconcileQueue: servers.queues.reconcileQueue,
  eventBus: "events",
  metricsNamespace: "Trace",
  queue: { queue: servers.queues.queue, deadLetters: servers.queues.deadLetters },
  aws: { ...aws, endpoints: { ...endpoints, sqs: servers.sqsEndpoint, events: bus.endpoint } },
});
const [credentials, settings] = [createCredentialStore(config), toSettings(config)];
const quiet = { log: jsonLog(() => {}, Date.now), metrics: { put: () => {} } };
// By the prototype: a spread would make the services that no call asks for.
const services: ServicesUntil = (deadline) =>
  Object.assign(Object.create(connected(deadline)), {
    ...quiet,
    credentials: async () => credentials,
    settings: async () => settings,
  });

const context = { awsRequestId: "r", functionName: "f", getRemainingTimeInMillis: () => 60_000 } as Context;
const cancelByHttp = httpEntry(restOperation(cancelSqlJob), () => services);
const cancelByQueue = queueEntry(cancelQueue(cancelSqlJob), () => services);
const reconcileByQueue = queueEntry(checks, () => services);
const cleanupBySchedule = scheduleEntry(cleanup, () => services);

const running = async (given: Partial<Job> = {}): Promise<Job> => {
  const registeredAt = Date.now() - 3_600_000;
  const job = aJob({ registeredAt, startedAt: registeredAt, heartbeatTimeoutSeconds: 86_400, ...given });
  await load(servers.table, [job]);
  return job;
};

const expectAnswer = (holds: boolean, answer: unknown): void => {
  if (!holds) throw new Error(`not what a call answers that does its work: ${JSON.stringify(answer)}`);
};

const byHttp = async ({ owner, jobId }: Job): Promise<void> => {
  const event = gatewayEvent({
    method: "DELETE",
    url: `/v1.0/${owner}/jobs/${jobId}`,
    headers: { host: "127.0.0.1", "x-auth-token": "ops-token" },
    body: Buffer.alloc(0),
    route: { key: "DELETE /v1.0/{project_id}/jobs/{job_id}", parameters: { project_id: owner, job_id: jobId } },
    time: new Date(),
    requestId: "r",
  });
  const reply = await cancelByHttp(event, context);
  expectAnswer(reply.statusCode === 200, reply);
};

/** A call of each kind, after what it needs was set up. */
const calls: Readonly<Record<string, () => Promise<() => Promise<void>>>> = {
  "HTTP cancel": async () => {
    const job = await running();
    return () => byHttp(job);
  },
  "queue cancel": async () => {
    const { owner, jobId } = await running();
    const body = { operation: cancelSqlJob.name, parameters: { project_id: owner, job_id: jobId } };
    return async () => {
      const { batchItemFailures } = await cancelByQueue({ Records: [aRecord(body, 1, Date.now())] }, context);
      expectAnswer(batchItemFailures.length === 0, batchItemFailures);
    };
  },
  "cleanup of one job": async () => {
    await running({ maxRuntimeSeconds: 60, heartbeatAt: Date.now(), dueAt: Date.now() - 1000 });
    return async () => {
      const summary = await cleanupBySchedule({}, context);
      expectAnswer(summary.policies.reduce((sum, { cancelled }) => sum + cancelled, 0) === 1, summary);
    };
  },
  "reconcile of one job": async () => {
    const job = await running();
    await byHttp(job);
    await servers.table.jobs.changeIncarnation(job.uid, {
      when: { states: ["stopping"] },
      due: { on: "reconcile", at: Date.now() },
    });
    return async () => {
      const { batchItemFailures } = await reconcileByQueue(
        { Records: [aRecord({ uid: job.uid }, 1, Date.now())] },
        context,
      );
      expectAnswer(batchItemFailures.length === 0, batchItemFailures);
    };
  },
};

const tracer = await startTracer();
try {
  for (const [name, prepare] of Object.entries(calls)) {
    for (let warmUp = 0; warmUp < 2; warmUp++) await (await prepare())();
    const call = await prepare();
    const { files, functions, folders } = await tracer.trace(call);
    console.log(`${name}: ${files.size} files, ${functions} functions, ${folders} folders`);
    if (process.argv.includes("--files"))
      for (const [file, count] of [...files].sort()) console.log(`  ${file} ${count}`);
  }
} finally {
  tracer.stop();
  await bus.stop();
}
