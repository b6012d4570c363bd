import { randomBytes, randomUUID } from "node:crypto";
import { type Directory, directoryOf } from "./auth/directory.ts";
import { jsonClient } from "./aws/json-client.ts";
import { workerBackend } from "./backends/worker.ts";
import { type Environment, readEnvironment } from "./config/environment.ts";
import { loadConfig } from "./config/load.ts";
import { jsonLog } from "./observability/log.ts";
import type { Services } from "./services.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "./store/dynamodb-auth-store.ts";
import { dynamoDbJobStore } from "./store/dynamodb-job-store.ts";
import { dynamoDb } from "./store/table-call.ts";

/** Puts the real services together; the only place that does. */
export const compose = (environment: Environment = readEnvironment()): Services => {
  const clock = { now: () => Date.now() };
  const writeId = () => randomBytes(9).toString("base64url");
  const store = { call: jsonClient(dynamoDb, environment.aws), table: environment.table, newWriteId: writeId };
  return {
    clock,
    ids: { requestId: () => randomUUID().toUpperCase(), jobId: randomUUID, writeId },
    log: jsonLog((line) => process.stdout.write(`${line}\n`), clock.now),
    backends: { worker: workerBackend },
    jobs: dynamoDbJobStore(store),
    nonces: dynamoDbNonces(store),
    lockouts: dynamoDbLockouts(store),
    directory: keptFor(60_000, clock, async () => directoryOf(await loadConfig(environment.config, environment.aws))),
  };
};

/** Keeps what was read for a while: a withdrawn key stops working within a minute, without a deployment. */
const keptFor = (ms: number, { now }: Services["clock"], read: () => Promise<Directory>) => {
  let kept: { readonly directory: Promise<Directory>; readonly until: number } | undefined;
  return () => {
    if (kept === undefined || kept.until <= now()) {
      const directory = read();
      // A failed reading is not kept: the next request tries again.
      directory.catch(() => (kept = undefined));
      kept = { directory, until: now() + ms };
    }
    return kept.directory;
  };
};
