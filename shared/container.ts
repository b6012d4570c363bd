import { randomBytes, randomUUID } from "node:crypto";
import { apiProbe } from "./adapters/api-probe/api-probe.ts";
import { callUntil, jsonClient } from "./adapters/aws-client/json-client.ts";
import { embeddedMetrics } from "./adapters/cloudwatch/embedded-metrics.ts";
import { jsonLog } from "./adapters/cloudwatch/json-log.ts";
import { dynamoDbLockouts, dynamoDbNonces, type FailureCount } from "./adapters/dynamodb/auth-store.ts";
import { dynamoDbDueQueue } from "./adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore, jobMemory } from "./adapters/dynamodb/job-store.ts";
import { dynamoDb } from "./adapters/dynamodb/table-call.ts";
import { eventBridge, eventBridgeBus } from "./adapters/eventbridge/event-bus.ts";
import { fileSecrets, secretsManagerSecrets } from "./adapters/secrets-manager/secrets.ts";
import { secretsManager } from "./adapters/secrets-manager/secrets-manager.ts";
import { sqsReconcileQueue } from "./adapters/sqs/reconcile-queue.ts";
import { sqsSourceQueue } from "./adapters/sqs/source-queue.ts";
import { sqs } from "./adapters/sqs/sqs.ts";
import { createCredentialStore } from "./auth/credential-store.ts";
import { backendKinds, backends } from "./backends/registry.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { keepFresh } from "./config/keep-fresh.ts";
import { loadConfig } from "./config/load.ts";
import { toSettings } from "./config/settings.ts";
import type { ServicesUntil } from "./ports/services.ts";

/** Puts the real services together. Nothing connects before it is used. */
export const createServices = (environment: Environment = readEnvironment()): ServicesUntil => {
  const { aws, table, reconcileQueue, eventBus, metricsNamespace, queue, secrets } = environment;
  const clients = {
    dynamoDb: jsonClient(dynamoDb, aws),
    sqs: jsonClient(sqs, aws),
    eventBridge: jsonClient(eventBridge, aws),
    secretsManager: jsonClient(secretsManager, aws),
  };
  const remembered = { jobs: jobMemory(), failureCounts: new Map<string, FailureCount>() };
  const clock = { now: () => Date.now() };
  const writeId = () => randomBytes(9).toString("base64url");
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const log = jsonLog(write, clock.now);
  const metrics = embeddedMetrics(write, clock.now, metricsNamespace);
  const config = keepFresh({
    read: async (deadline) => {
      const document = await loadConfig(environment.config, aws, deadline);
      return { credentials: createCredentialStore(document), settings: toSettings(document) };
    },
    now: clock.now,
    keepMs: 60_000,
    retryMs: 10_000,
    onStale: (cause) => {
      log.error("the configuration cannot be read: the last one stays in force", {}, cause);
      metrics.put({ name: "ConfigurationUnreadable", value: 1, unit: "Count", dimensions: {}, total: true });
    },
  });
  const local = {
    clock,
    ids: { requestId: () => randomUUID().toUpperCase(), jobId: randomUUID, writeId },
    log,
    metrics,
    backends,
    api: apiProbe(environment.apiUrl),
  };

  return (deadline) => {
    const access = { call: callUntil(clients.dynamoDb, deadline), table, newWriteId: writeId };
    const callSqs = callUntil(clients.sqs, deadline);
    return {
      ...local,
      jobs: dynamoDbJobStore(access, remembered.jobs),
      reconcileQueue: sqsReconcileQueue(callSqs, reconcileQueue, log),
      credentials: async () => (await config(deadline)).credentials,
      settings: async () => (await config(deadline)).settings,
      // Most calls need none of these.
      get dueQueue() {
        return dynamoDbDueQueue({ ...access, backendKinds });
      },
      get nonces() {
        return dynamoDbNonces(access);
      },
      get lockouts() {
        return dynamoDbLockouts(access, remembered.failureCounts);
      },
      get events() {
        return eventBridgeBus(callUntil(clients.eventBridge, deadline), eventBus, log);
      },
      get sourceQueue() {
        return sqsSourceQueue(callSqs, queue);
      },
      get secrets() {
        return secrets ? fileSecrets(secrets) : secretsManagerSecrets(callUntil(clients.secretsManager, deadline));
      },
    };
  };
};
