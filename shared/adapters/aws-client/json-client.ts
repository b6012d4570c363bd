import http, { type ClientRequest, type RequestOptions } from "node:http";
import https from "node:https";
import { type Deadline, noDeadline, remainingMs } from "../../concurrency/deadline.ts";
import { type AwsSettings, toEndpoint } from "./endpoint.ts";

/** `body` holds what came with the error, e.g. the item of a lost race. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(code: string, status: number, body: Record<string, unknown>) {
    super(`${code} (${status})`);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

/** The service did not answer: no connection, a broken one, or none in time. */
export class AwsUnreachable extends Error {
  override readonly name = "AwsUnreachable";
}

export type AwsCall = (operation: string, input: object) => Promise<Record<string, unknown>>;

export type AwsClient = (operation: string, input: object, deadline?: Deadline) => Promise<Record<string, unknown>>;

export const callUntil =
  (client: AwsClient, deadline: Deadline): AwsCall =>
  (operation, input) =>
    client(operation, input, deadline);

export interface JsonService {
  readonly name: string;
  readonly target: string;
  readonly contentType: "application/x-amz-json-1.0" | "application/x-amz-json-1.1";
}

const throttles = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "TransactionInProgressException",
  // A write met a transaction on the same item.
  "TransactionConflictException",
]);

export const isThrottle = (error: unknown): boolean => error instanceof AwsError && throttles.has(error.code);

const attempts = 3;
const defaultAttemptMs = 800;

/**
 * Calls one AWS service by the AWS JSON protocol: signed by Smithy's signer, over kept-alive connections, tried again
 * with full jitter when throttled or unreachable. A tenth of the AWS SDK in size and under half its CPU for each call
 * (docs/decisions/0002).
 */
export const jsonClient = ({ name, target, contentType }: JsonService, settings: AwsSettings): AwsClient => {
  const endpoint = toEndpoint(name, settings);
  // Smithy's modules load node:crypto: they are loaded with the first call.
  let signer: ReturnType<typeof loadSigner> | undefined;
  const loadSigner = async () => (await import("./request-signer.ts")).requestSigner(name, endpoint, settings);
  const send = sender(endpoint, settings.attemptMs);

  return async (operation, input, deadline = noDeadline) => {
    const body = JSON.stringify(input);
    const unsigned = { host: endpoint.host, "content-type": contentType, "x-amz-target": `${target}.${operation}` };
    for (let tried = 1; ; tried++) {
      if (remainingMs(deadline) <= 0) throw new AwsUnreachable("the request has run out of time");
      try {
        signer ??= loadSigner();
        const sign = await signer;
        return await send(await sign(body, unsigned), body, deadline);
      } catch (error) {
        const pauseMs = Math.random() * 50 * 2 ** tried;
        if (tried === attempts || !isRetryable(error) || remainingMs(deadline) <= pauseMs) throw error;
        await pause(pauseMs);
      }
    }
  };
};

const isRetryable = (error: unknown): boolean =>
  error instanceof AwsUnreachable || isThrottle(error) || (error instanceof AwsError && error.status >= 500);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const sender = (endpoint: URL, attemptMs = defaultAttemptMs) => {
  const network = endpoint.protocol === "https:" ? https : http;
  const agent = new network.Agent({ keepAlive: true, maxSockets: 64 });
  return (headers: Record<string, string>, body: string, deadline: Deadline) => {
    const boundMs = Math.max(1, Math.min(attemptMs, remainingMs(deadline)));
    return exchange((options) => network.request(endpoint, options), { method: "POST", headers, agent }, body, boundMs);
  };
};

/** A timer of our own bounds the whole exchange; `AbortSignal.timeout` costs a sixth of a call's CPU. */
const exchange = (
  open: (options: RequestOptions) => ClientRequest,
  options: RequestOptions,
  body: string,
  boundMs: number,
) =>
  new Promise<Record<string, unknown>>((resolve, reject) => {
    const request = open(options);
    const timer = setTimeout(() => request.destroy(new Error(`none within ${Math.round(boundMs)} ms`)), boundMs);
    const unreachable = (cause: Error) => {
      clearTimeout(timer);
      reject(new AwsUnreachable(`no answer: ${cause.message}`, { cause }));
    };
    request.on("error", unreachable);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("error", unreachable);
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        clearTimeout(timer);
        try {
          resolve(parse(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.end(body);
  });

const parse = (status: number, text: string): Record<string, unknown> => {
  const body = readObject(text);
  if (status === 200 && body) return body;
  const type = typeof body?.__type === "string" ? body.__type : "UnknownError";
  throw new AwsError(type.replace(/^.*#/, ""), status, body ?? {});
};

const readObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = text === "" ? {} : JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};
