import { randomBytes, randomUUID } from "node:crypto";
import { directoryOf } from "./auth/directory.ts";
import { jsonClient } from "./aws/json-client.ts";
import { secretsManager } from "./aws/secrets-manager.ts";
import { workerBackend } from "./backends/worker.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { loadConfig } from "./config/load.ts";
import { settingsOf } from "./config/settings.ts";
import { eventBridge, eventBridgeBus } from "./events/event-bus.ts";
import { jsonLog } from "./observability/log.ts";
import { embeddedMetrics } from "./observability/metrics.ts";
import { sqsFollowUps } from "./queue/follow-ups.ts";
import { sqsInbox } from "./queue/inbox.ts";
import { filePasswords, secretsManagerPasswords } from "./queue/passwords.ts";
import { sqs } from "./queue/sqs.ts";
import type { Services } from "./services.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "./store/dynamodb-auth-store.ts";
import { dynamoDbJobStore } from "./store/dynamodb-job-store.ts";
import { dynamoDbWorklists } from "./store/dynamodb-worklists.ts";
import { dynamoDb } from "./store/table-call.ts";

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
