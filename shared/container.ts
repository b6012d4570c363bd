import { randomBytes, randomUUID } from "node:crypto";
import { jsonClient } from "./adapters/aws-client/json-client.ts";
import { embeddedMetrics } from "./adapters/cloudwatch/embedded-metrics.ts";
import { jsonLog } from "./adapters/cloudwatch/json-log.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "./adapters/dynamodb/auth-store.ts";
import { dynamoDbWorklists } from "./adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "./adapters/dynamodb/job-store.ts";
import { dynamoDb } from "./adapters/dynamodb/table-call.ts";
import { eventBridge, eventBridgeBus } from "./adapters/eventbridge/event-bus.ts";
import { filePasswords, secretsManagerPasswords } from "./adapters/secrets-manager/secrets.ts";
import { secretsManager } from "./adapters/secrets-manager/secrets-manager.ts";
import { sqsFollowUps } from "./adapters/sqs/reconcile-queue.ts";
import { sqsInbox } from "./adapters/sqs/source-queue.ts";
import { sqs } from "./adapters/sqs/sqs.ts";
import { directoryOf } from "./auth/credential-store.ts";
import { workerBackend } from "./backends/worker/backend.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { loadConfig } from "./config/load.ts";
import { settingsOf } from "./config/settings.ts";
import type { Services } from "./ports/services.ts";

/** Puts the real services together; the only place that does. */
export const compose = (environment: Environment = readEnvironment()): Services => {
  const { aws, table, followUpQueue, eventBus, metricsNamespace, queue, passwords } = environment;
  const clock = { now: () => Date.now() };
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const log = jsonLog(write, clock.now);
  const writeId = () => randomBytes(9).toString("base64url");
  const store = { call: jsonClient(dynamoDb, aws), table, newWriteId: writeId };
  const callSqs = jsonClient(sqs, aws);
  const config = keptFor(60_000, clock, async () => {
    const document = await loadConfig(environment.config, aws);
    return { directory: directoryOf(document), settings: settingsOf(document) };
  });
  return {
    clock,
    ids: { requestId: () => randomUUID().toUpperCase(), jobId: randomUUID, writeId },
    log,
    metrics: embeddedMetrics(write, clock.now, metricsNamespace),
    backends: { worker: workerBackend },
    jobs: dynamoDbJobStore(store),
    worklists: dynamoDbWorklists(store),
    nonces: dynamoDbNonces(store),
    lockouts: dynamoDbLockouts(store),
    directory: async () => (await config()).directory,
    settings: async () => (await config()).settings,
    followUps: sqsFollowUps(callSqs, followUpQueue, log),
    events: eventBridgeBus(jsonClient(eventBridge, aws), eventBus, log),
    inbox: sqsInbox(callSqs, queue),
    passwords: passwords ? filePasswords(passwords) : secretsManagerPasswords(jsonClient(secretsManager, aws)),
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
