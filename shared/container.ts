import { randomBytes, randomUUID } from "node:crypto";
import { jsonClient } from "./adapters/aws-client/json-client.ts";
import { embeddedMetrics } from "./adapters/cloudwatch/embedded-metrics.ts";
import { jsonLog } from "./adapters/cloudwatch/json-log.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "./adapters/dynamodb/auth-store.ts";
import { dynamoDbDueQueue } from "./adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "./adapters/dynamodb/job-store.ts";
import { dynamoDb } from "./adapters/dynamodb/table-call.ts";
import { eventBridge, eventBridgeBus } from "./adapters/eventbridge/event-bus.ts";
import { fileSecrets, secretsManagerSecrets } from "./adapters/secrets-manager/secrets.ts";
import { secretsManager } from "./adapters/secrets-manager/secrets-manager.ts";
import { sqsReconcileQueue } from "./adapters/sqs/reconcile-queue.ts";
import { sqsSourceQueue } from "./adapters/sqs/source-queue.ts";
import { sqs } from "./adapters/sqs/sqs.ts";
import { createCredentialStore } from "./auth/credential-store.ts";
import { workerBackend } from "./backends/worker/backend.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { loadConfig } from "./config/load.ts";
import { toSettings } from "./config/settings.ts";
import type { Services } from "./ports/services.ts";

/** Puts the real services together; the only place that does. */
export const createServices = (environment: Environment = readEnvironment()): Services => {
  const { aws, table, followUpQueue, eventBus, metricsNamespace, queue, secrets } = environment;
  const clock = { now: () => Date.now() };
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const log = jsonLog(write, clock.now);
  const writeId = () => randomBytes(9).toString("base64url");
  const store = { call: jsonClient(dynamoDb, aws), table, newWriteId: writeId };
  const callSqs = jsonClient(sqs, aws);
  const config = keptFor(60_000, clock, async () => {
    const document = await loadConfig(environment.config, aws);
    return { credentials: createCredentialStore(document), settings: toSettings(document) };
  });
  return {
    clock,
    ids: { requestId: () => randomUUID().toUpperCase(), jobId: randomUUID, writeId },
    log,
    metrics: embeddedMetrics(write, clock.now, metricsNamespace),
    backends: { worker: workerBackend },
    jobs: dynamoDbJobStore(store),
    dueQueue: dynamoDbDueQueue(store),
    nonces: dynamoDbNonces(store),
    lockouts: dynamoDbLockouts(store),
    credentials: async () => (await config()).credentials,
    settings: async () => (await config()).settings,
    reconcileQueue: sqsReconcileQueue(callSqs, followUpQueue, log),
    events: eventBridgeBus(jsonClient(eventBridge, aws), eventBus, log),
    sourceQueue: sqsSourceQueue(callSqs, queue),
    secrets: secrets ? fileSecrets(secrets) : secretsManagerSecrets(jsonClient(secretsManager, aws)),
  };
};

/** Keeps what was read for a while: a withdrawn key stops working within a minute, without a deployment. */
const keptFor = <Value>(ms: number, { now }: Services["clock"], read: () => Promise<Value>) => {
  let kept: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return () => {
    if (kept === undefined || kept.until <= now()) {
      const value = read();
      // A failed reading is not kept: the next request tries again.
      value.catch(() => (kept = undefined));
      kept = { value, until: now() + ms };
    }
    return kept.value;
  };
};
