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
import { backendKinds, openBackends } from "./backends/registry.ts";
import { type Deadline, deadlineIn } from "./concurrency/deadline.ts";
import { type Environment, isUnderLambda, readEnvironment } from "./config/environment.ts";
import { keepFresh } from "./config/keep-fresh.ts";
import { loadConfig } from "./config/load.ts";
import { toSettings } from "./config/settings.ts";
import type { ServicesUntil } from "./ports/services.ts";
import type { OpenSessions } from "./ports/sessions.ts";

/** What a function's first event would wait for. */
type Need = "config" | "table" | "reconcileQueue";

interface Preparing {
  readonly env?: NodeJS.ProcessEnv;
  /** Of functions that end work in databases: no other has the driver in its bundle. */
  readonly openSessions?: OpenSessions;
}

/** A cold function is given full cores while it initializes, and a fraction of one from the first event on. */
const prepareMs = 2_000;

/**
 * Has ready under Lambda, before the first event, what that event will need: the configuration, connections, and with
 * them Node's modules (docs/decisions/0021). What fails here is tried again, and told, when it is used. Elsewhere nothing
 * connects before it is used.
 */
export const prepareServices = async (
  needs: readonly Need[],
  { env, openSessions }: Preparing = {},
): Promise<() => ServicesUntil> => {
  if (!isUnderLambda(env)) return () => createServices(readEnvironment(env), openSessions);
  const { servicesUntil, ready } = putTogether(readEnvironment(env), openSessions);
  const deadline = deadlineIn(prepareMs);
  await Promise.allSettled(needs.map((need) => ready[need](deadline)));
  return () => servicesUntil;
};

/** Puts the real services together. Nothing connects before it is used. */
export const createServices = (
  environment: Environment = readEnvironment(),
  openSessions?: OpenSessions,
): ServicesUntil => putTogether(environment, openSessions).servicesUntil;

/** A digest that no job is likely to have; if one had it, it would be read for nothing. */
const keyOfNothing = "0".repeat(16);

const putTogether = (environment: Environment, openSessions?: OpenSessions) => {
  const { aws, table, reconcileQueue, eventBus, metricsNamespace, queue, secrets, secretsPrefix } = environment;
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
    api: apiProbe(environment.apiUrl),
  };

  const secretsUntil = (deadline: Deadline) =>
    secrets ? fileSecrets(secrets) : secretsManagerSecrets(callUntil(clients.secretsManager, deadline), secretsPrefix);
  const sessions = (deadline: Deadline) =>
    openSessions?.({
      connections: async () => (await config(deadline)).settings.connections,
      secrets: secretsUntil(deadline),
    });

  const servicesUntil: ServicesUntil = (deadline) => {
    const access = { call: callUntil(clients.dynamoDb, deadline), table, newWriteId: writeId };
    const callSqs = callUntil(clients.sqs, deadline);
    return {
      ...local,
      jobs: dynamoDbJobStore(access, remembered.jobs),
      reconcileQueue: sqsReconcileQueue(callSqs, reconcileQueue, log),
      credentials: async () => (await config(deadline)).credentials,
      settings: async () => (await config(deadline)).settings,
      // Most calls need none of these.
      get backends() {
        return openBackends({ sessions: sessions(deadline) });
      },
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
        return secretsUntil(deadline);
      },
    };
  };

  const ready: Readonly<Record<Need, (deadline: Deadline) => Promise<unknown>>> = {
    config,
    table: (deadline) => servicesUntil(deadline).jobs.newest(keyOfNothing),
    reconcileQueue: clients.sqs.open,
  };
  return { servicesUntil, ready };
};
