import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localCredentials } from "../../packages/local/platform/local-credentials.ts";
import { deadlineIn } from "../../shared/concurrency/deadline.ts";
import { prepareServices } from "../../shared/container.ts";
import { startFaultyProxy } from "../support/stack/faulty-proxy.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";

let table: JobsTable;
let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
let queues: http.Server;
let asked: string[];
let directory: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  table = await startJobsTable();
  proxy = await startFaultyProxy(table.endpoint);
  asked = [];
  queues = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end();
  });
  await new Promise<void>((resolve) => queues.listen(0, "127.0.0.1", resolve));
  directory = await mkdtemp(path.join(tmpdir(), "standdown-container-"));
  env = {
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(queues.address() as AddressInfo).port}`,
    STANDDOWN_TABLE: table.table,
    STANDDOWN_CONFIG: path.join(directory, "config.json"),
    STANDDOWN_RECONCILE_QUEUE_URL: "http://127.0.0.1/0/reconcile",
    STANDDOWN_EVENT_BUS: "standdown",
    STANDDOWN_METRICS_NAMESPACE: "Standdown",
  };
});
afterEach(async () => {
  proxy.stop();
  queues.closeAllConnections();
  queues.close();
  await rm(directory, { recursive: true });
  await table.stop();
});

const writeConfig = () => writeFile(env.STANDDOWN_CONFIG ?? "", JSON.stringify({ principals: [] }));
const everything = ["config", "table", "reconcileQueue"] as const;
const keyOfNobody = "A".repeat(16);

describe("prepareServices", () => {
  test("has ready under Lambda what the first event will need", async () => {
    await writeConfig();
    const connect = await prepareServices(everything, { env });
    expect(proxy.seen).toEqual(["DynamoDB_20120810.GetItem"]);
    expect(asked).toEqual(["GET /"]);
    await rm(env.STANDDOWN_CONFIG ?? "");
    // Read before, and kept.
    expect(await connect()(deadlineIn(1_000)).settings()).toBeDefined();
  });

  test("connects to nothing that is not needed", async () => {
    await prepareServices(["reconcileQueue"], { env });
    expect(proxy.seen).toEqual([]);
    expect(asked).toEqual(["GET /"]);
  });

  test("connects to nothing elsewhere", async () => {
    await prepareServices(everything, { env: { ...env, AWS_LAMBDA_RUNTIME_API: undefined } });
    expect(proxy.seen).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("does not keep a function from starting: what failed is tried again, and told, when it is used", async () => {
    proxy.next("drop", "drop", "drop");
    queues.closeAllConnections();
    queues.close();
    const connect = await prepareServices(everything, { env });
    const services = connect()(deadlineIn(5_000));
    await expect(services.settings()).rejects.toThrow("config.json");
    expect(await services.jobs.newest(keyOfNobody)).toBeUndefined();
  });

  test("names at once what the environment lacks", async () => {
    await expect(prepareServices([], { env: { ...env, STANDDOWN_TABLE: "" } })).rejects.toThrow("STANDDOWN_TABLE");
  });
});
