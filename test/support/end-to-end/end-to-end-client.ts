import { type IncomingHttpHeaders, request } from "node:http";
import path from "node:path";
import { readDevelopmentToken } from "../../../packages/local/development-token.ts";

const configuration = path.join(import.meta.dirname, "../../../config/development.json");

/** The development token. */
export const token = (await readDevelopmentToken(configuration)) ?? "";

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object;
  readonly token?: string | undefined;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export type Send = (method: string, target: string, sent?: Sent) => Promise<Received>;

/**
 * Sends requests exactly as written: `fetch` would repair a bad path. An object goes out as JSON, and every request
 * carries the development token in the two headers that the services read, unless another is given.
 */
export const clientOf =
  (base: string): Send =>
  (method, target, { headers = {}, body = "", token: given = token } = {}) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(base);
      const isObject = typeof body === "object" && !Buffer.isBuffer(body);
      const content = isObject ? JSON.stringify(body) : body;
      const outgoing = request({
        hostname,
        port,
        method,
        path: target,
        agent: false,
        headers: {
          Authorization: `Bearer ${given}`,
          "X-Auth-Token": given,
          // Node leaves it out where a method usually has no body.
          ...(content.length > 0 ? { "Content-Length": Buffer.byteLength(content) } : {}),
          ...(isObject ? { "Content-Type": "application/json" } : {}),
          ...headers,
        },
      });
      outgoing.once("error", reject);
      outgoing.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      outgoing.end(content);
    });

/** The parts of the answers that these tests look at. */
export interface JobAnswer {
  readonly uid: string;
  readonly jobId: string;
  readonly state: string;
  readonly heartbeatAt: string;
}

export interface ReceiptAnswer {
  readonly uid: string;
  readonly outcome: string;
  readonly assurance: string | null;
  readonly verified: boolean;
  readonly evidence: { readonly kind: string; readonly at: string } | null;
  readonly timeToStopMs: number | null;
  readonly repeats: number;
}

export const jsonOf = <Body>({ text }: Received): Body => JSON.parse(text);

/** The requests that most of these tests make. */
export const jobsThrough = (send: Send) => ({
  register: async (registration: object): Promise<JobAnswer> => {
    const received = await send("POST", "/jobs", { body: registration });
    if (received.status !== 201) throw new Error(`registering was answered ${received.status}: ${received.text}`);
    return jsonOf(received);
  },
  job: async (uid: string): Promise<JobAnswer> => jsonOf(await send("GET", `/jobs/${uid}`)),
  receipt: async (uid: string): Promise<ReceiptAnswer> => jsonOf(await send("GET", `/jobs/${uid}/receipt`)),
});
