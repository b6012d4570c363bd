import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Context } from "aws-lambda";
import { routeOf } from "../../../functions/jobs/endpoint.ts";
import { endpoints } from "../../../functions/jobs/endpoints.ts";
import { jobApi } from "../../../functions/jobs/job-api.ts";
import { createGateway } from "../../../packages/local/gateway/gateway.ts";
import { close, listen } from "../../../packages/local/platform/listen.ts";
import { jsonLog } from "../../../shared/adapters/cloudwatch/json-log.ts";
import { createCredentialStore } from "../../../shared/auth/credential-store.ts";
import { openBackends } from "../../../shared/backends/registry.ts";
import { parseConfig } from "../../../shared/config/document.ts";
import { toSettings } from "../../../shared/config/settings.ts";
import { jobKey } from "../../../shared/domain/job-key.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { startJobsTable } from "../../support/stack/jobs-table.ts";
import { recorders } from "../../support/stack/recorders.ts";

export const token = "test-token";
export const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

const config = JSON.stringify({
  principals: [
    { name: "ops", tokens: [{ value: token }], policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }] },
  ],
});

/** What happens to a request instead of an answer, or, a function, before it is handled. */
type Mishap =
  | "lost-answer"
  | (() => Promise<unknown>)
  | { readonly status: number; readonly headers?: Record<string, string> };

/** The real job API on a real table, behind a server whose line can be cut. */
export const startJobApi = async () => {
  const table = await startJobsTable();
  const lines: string[] = [];
  const credentials = createCredentialStore(parseConfig("the test", config));
  const clock = { now: () => Date.now() };
  const services: Services = {
    clock,
    jobs: table.jobs,
    nonces: table.nonces,
    lockouts: table.lockouts,
    dueQueue: table.dueQueue,
    ...recorders().services,
    credentials: async () => credentials,
    settings: async () => toSettings({ principals: [] }),
    backends: openBackends({}),
    api: { isUp: async () => true },
    ids: { requestId: randomUUID, jobId: randomUUID, writeId: randomUUID },
    log: jsonLog((line) => lines.push(line), clock.now),
  };
  const handler = httpEntry(jobApi, () => () => services);
  /** Emits the name of a route with each request for it, once that is answered. */
  const requests = new EventEmitter();
  const mishaps = new Map<string, Mishap[]>();

  const invoke = async (functionName: string, text: string) => {
    const event = JSON.parse(text);
    const mishap = mishaps.get(event.routeKey)?.shift();
    if (typeof mishap === "function") await mishap();
    const answer =
      typeof mishap === "object"
        ? { statusCode: mishap.status, headers: mishap.headers, body: "{}" }
        : await handler(event, { functionName } as Context);
    if (mishap === "lost-answer") server.closeAllConnections();
    requests.emit(event.routeKey, event);
    return { kind: "returned", payload: JSON.stringify(answer) } as const;
  };
  const routes = endpoints.map(routeOf).map((key) => ({ key, functionName: "jobs" }));
  const open = () => createGateway({ routes, invoke });

  let server: Server = open();
  const port = await listen(server);
  const endpoint = `http://127.0.0.1:${port}`;

  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    // Its shape is what the test is about.
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  return {
    endpoint,
    lines,
    /** Cancels a job before it is registered. */
    async cancelBefore(jobId: string) {
      const now = clock.now();
      await table.jobs.putTombstone(jobKey("dli", [projectId], jobId), {
        trigger: "queue",
        requestedBy: "ops",
        requestedAt: now,
        until: now + 60_000,
      });
    },
    get: async (path: string) => (await call("GET", path)).body,
    post: (path: string, body: object = {}) => call("POST", path, body),
    /** Settles when the next request for a route has been answered. */
    answered: (route: string) => once(requests, route),
    /** Counts the requests for a route from now on. */
    counted(route: string): () => number {
      let count = 0;
      requests.on(route, () => count++);
      return () => count;
    },
    /** What happens to the next requests for a route; without any, no more mishaps. */
    mishaps: (route: string, ...next: Mishap[]) => mishaps.set(route, next),
    goDown: () => close(server),
    /** In place of the API, a server that hangs up on everybody. Resolves when somebody has tried. */
    async someoneTries() {
      const tried = Promise.withResolvers<void>();
      const broken = createServer((request) => {
        request.socket.destroy();
        tried.resolve();
      });
      await listen(broken, port);
      await tried.promise;
      await close(broken);
    },
    async comeBack() {
      server = open();
      await listen(server, port);
    },
    async stop() {
      await close(server);
      await table.stop();
    },
  };
};
