import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { Headers } from "./request-signer.ts";

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

export interface Connections {
  /** Sends `POST /`. Rejects when the connection fails, or the whole has not come in time. */
  readonly post: (headers: Headers, body: string, boundMs: number) => Promise<HttpResponse>;
  /** Opens a connection for the first request. Never rejects: the request would be told. */
  readonly open: (boundMs: number) => Promise<void>;
}

/** Kept-alive connections to one endpoint. Nothing of node:http is loaded before it is used. */
export const connectionsTo = (endpoint: URL): Connections => {
  const network = endpoint.protocol === "https:" ? https : http;
  let agent: http.Agent | undefined;

  const exchange = (options: RequestOptions, body: string, boundMs: number) =>
    new Promise<HttpResponse>((resolve, reject) => {
      agent ??= new network.Agent({ keepAlive: true, maxSockets: 64 });
      const request = network.request(endpoint, { ...options, agent });
      // A timer of our own bounds the whole exchange; `AbortSignal.timeout` costs a sixth of a call's CPU.
      const timer = setTimeout(() => request.destroy(new Error(`none within ${Math.round(boundMs)} ms`)), boundMs);
      const fail = (cause: Error) => {
        clearTimeout(timer);
        reject(cause);
      };
      request.on("error", fail);
      request.on("response", (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on("error", fail);
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      request.end(body);
    });

  return {
    post: (headers, body, boundMs) => exchange({ method: "POST", headers }, body, boundMs),
    // Whatever a service answers to this, the connection stays.
    open: async (boundMs) => {
      await exchange({ method: "GET" }, "", boundMs).catch(() => {});
    },
  };
};
