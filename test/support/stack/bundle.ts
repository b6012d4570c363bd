import type { Context } from "aws-lambda";
import { afterAll, beforeAll } from "vitest";
import { analyticDbRpc } from "../../../functions/analyticdb/router/router.ts";
import { cancelScheduledTask } from "../../../functions/dds/cancel-scheduled-task/operation.ts";
import { listScheduledTasks } from "../../../functions/dds/list-scheduled-tasks/operation.ts";
import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import { showSqlJobDetail } from "../../../functions/dli/show-sql-job-detail/operation.ts";
import { showSqlJobStatus } from "../../../functions/dli/show-sql-job-status/operation.ts";
import { cancelJob } from "../../../functions/generic/cancel-job/operation.ts";
import { cancelGraphJob } from "../../../functions/ges/cancel-graph-job/operation.ts";
import { showGraphJobStatus } from "../../../functions/ges/show-graph-job-status/operation.ts";
import { jobApi } from "../../../functions/jobs/job-api.ts";
import { openApi } from "../../../functions/openapi/openapi.ts";
import { unknownRoute } from "../../../functions/unknown-route/unknown-route.ts";
import { gatewayEvent } from "../../../packages/local/gateway/event.ts";
import { createRouter } from "../../../packages/local/gateway/routes.ts";
import { jsonLog } from "../../../shared/adapters/cloudwatch/json-log.ts";
import { createCredentialStore } from "../../../shared/auth/credential-store.ts";
import { openBackends } from "../../../shared/backends/registry.ts";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import { toSettings } from "../../../shared/config/settings.ts";
import { type HttpEntry, httpEntry } from "../../../shared/entrypoints/http.ts";
import { restOperation } from "../../../shared/entrypoints/rest.ts";
import type { Services, ServicesUntil } from "../../../shared/ports/services.ts";
import { functionDefinition } from "./function-definitions.ts";
import { now } from "./jobs.ts";
import { type JobsTable, startJobsTable } from "./jobs-table.ts";
import { recorders } from "./recorders.ts";

export const project = "b02ce40e8cb84a8e980fdb11fac657db";

/** Tokens of these names; what each may do is in its principal's policies. */
export const config: ConfigDocument = {
  principals: [
    {
      name: "ops",
      tokens: [{ value: "ops-token" }],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
    { name: "nobody", tokens: [{ value: "nobody-token" }], policies: [] },
    {
      name: "barred",
      tokens: [{ value: "barred-token" }],
      policies: [
        { effect: "allow", actions: ["*"], resources: ["*"] },
        { effect: "deny", actions: ["*"], resources: ["*"] },
      ],
    },
    {
      name: "tenant",
      tokens: [
        { value: "tenant-token", projects: [project] },
        { value: "old-token", expires: "2026-01-01T00:00:00Z" },
      ],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
    {
      name: "account-1",
      account: "1",
      tokens: [{ value: "account-1-token" }],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
    {
      name: "account-2",
      account: "2",
      tokens: [{ value: "account-2-token" }],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
    {
      name: "events",
      triggers: ["queue", "schedule"],
      tokens: [{ value: "events-token" }],
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    },
  ],
};

type Entry = (connect: () => ServicesUntil) => HttpEntry;

const entries: Readonly<Record<string, Entry>> = {
  "analyticdb-rpc": (connect) => httpEntry(analyticDbRpc, connect),
  "cancel-job": (connect) => httpEntry(restOperation(cancelJob), connect),
  "cancel-graph-job": (connect) => httpEntry(restOperation(cancelGraphJob), connect),
  "cancel-scheduled-task": (connect) => httpEntry(restOperation(cancelScheduledTask), connect),
  "cancel-sql-job": (connect) => httpEntry(restOperation(cancelSqlJob), connect),
  "show-graph-job-status": (connect) => httpEntry(restOperation(showGraphJobStatus), connect),
  "list-scheduled-tasks": (connect) => httpEntry(restOperation(listScheduledTasks), connect),
  "show-sql-job-status": (connect) => httpEntry(restOperation(showSqlJobStatus), connect),
  "show-sql-job-detail": (connect) => httpEntry(restOperation(showSqlJobDetail), connect),
  jobs: (connect) => httpEntry(jobApi, connect),
  openapi: (connect) => httpEntry(openApi, connect),
  "unknown-route": (connect) => httpEntry(unknownRoute, connect),
};

export interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** The address that the gateway saw; one for all when absent. */
  readonly source?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // The tests read answers of many shapes; each asserts the one that it expects.
  readonly body: Record<string, unknown>;
}

type BundleSource = Pick<Services, "jobs" | "lockouts" | "nonces" | "dueQueue">;

/** The functions behind their deployed routes, in this process, with a clock and a log that a test can look at. */
export const inProcessBundle = (
  source: BundleSource,
  document: ConfigDocument = config,
  instead: Partial<Services> = {},
) => {
  const clock = { time: now, now: () => clock.time };
  const logged: string[] = [];
  const recorded = recorders();
  let serial = 0;
  const services: Services = {
    get jobs() {
      return source.jobs;
    },
    get dueQueue() {
      return source.dueQueue;
    },
    get lockouts() {
      return source.lockouts;
    },
    get nonces() {
      return source.nonces;
    },
    ...recorded.services,
    clock,
    settings: async () => toSettings(document),
    credentials: async () => createCredentialStore(document),
    backends: openBackends({}),
    api: { isUp: async () => true },
    ids: {
      requestId: () => `ABB39CC3-4488-4857-905D-${String(++serial).padStart(12, "0")}`,
      jobId: () => crypto.randomUUID(),
      writeId: () => crypto.randomUUID(),
    },
    log: jsonLog((line) => logged.push(line), clock.now),
    ...instead,
  };
  const handlers = new Map(Object.entries(entries).map(([name, entry]) => [name, entry(() => () => services)]));

  /** A request as it reaches its function, for whoever wants to start it later. */
  const prepare = (method: string, url: string, { headers = {}, body = "", source }: Sent = {}) => {
    const [path = ""] = url.split("?");
    const route = router(method, path);
    const handler = handlers.get(route?.functionName ?? "");
    if (!route || !handler) throw new Error(`no route for ${method} ${path}`);
    const event = gatewayEvent({
      method,
      url,
      headers: { host: "gateway.test", ...headers },
      body: Buffer.from(body),
      route: { key: route.key, parameters: route.parameters },
      time: new Date(clock.time),
      requestId: `gateway-${++serial}`,
      ...(source === undefined ? {} : { sourceIp: source }),
    });
    return () => handler(event, { functionName: route.functionName } as Context);
  };

  const send = async (method: string, url: string, sent?: Sent): Promise<Received> => {
    const result = await prepare(method, url, sent)();
    const text = result.body ?? "";
    const headersOut = result.headers ?? {};
    const isJson = String(headersOut["Content-Type"]).includes("json");
    return { status: result.statusCode ?? 0, headers: headersOut, text, body: isJson ? JSON.parse(text) : {} };
  };
  return { prepare, send, clock, logged, recorded, services };
};

/** A bundle on a table of its own, for all tests of a file. */
export const useBundle = (): UsedBundle => {
  let started: JobsTable | undefined;
  const table = (): JobsTable => {
    if (!started) throw new Error("the table is not there yet");
    return started;
  };
  beforeAll(async () => {
    started = await startJobsTable();
  });
  afterAll(() => started?.stop());
  const source = {
    get jobs() {
      return table().jobs;
    },
    get dueQueue() {
      return table().dueQueue;
    },
    get lockouts() {
      return table().lockouts;
    },
    get nonces() {
      return table().nonces;
    },
  };
  return { ...inProcessBundle(source), table };
};

export type UsedBundle = InProcessBundle & { readonly table: () => JobsTable };

export type InProcessBundle = ReturnType<typeof inProcessBundle>;

const routesOf = (name: string) =>
  (functionDefinition(name).events ?? []).map(({ httpApi }) => ({
    key: httpApi === "*" ? "$default" : httpApi,
    functionName: name,
  }));

const router = createRouter(Object.keys(entries).flatMap(routesOf));
