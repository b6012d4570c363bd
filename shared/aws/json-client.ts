import type { ClientRequest, RequestOptions } from "node:http";
import { type AwsSettings, endpointOf } from "./endpoint.ts";

/** An answer of an AWS service that is not a success. `body` holds what came with it, e.g. the item of a lost race. */
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

export interface JsonService {
  /** The name in the endpoint and in the signature, e.g. `dynamodb`. */
  readonly name: string;
  /** The prefix of `X-Amz-Target`, e.g. `DynamoDB_20120810`. */
  readonly target: string;
  readonly contentType: "application/x-amz-json-1.0" | "application/x-amz-json-1.1";
}

const throttles = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "TransactionInProgressException",
]);

export const isThrottle = (error: unknown): boolean => error instanceof AwsError && throttles.has(error.code);

/** Three attempts of at most 800 ms stay within the 3 s that the provider SDKs wait for an answer. */
const attempts = 3;
const attemptMs = 800;

/**
 * Calls one AWS service by the AWS JSON protocol: signed by Smithy's signer, over kept-alive connections, tried again
 * with full jitter when throttled or unreachable. A seventh of the AWS SDK in size and half its CPU for each call; the
 * signer and the network modules load with the first call (docs/decisions/0002).
 */
export const jsonClient = ({ name, target, contentType }: JsonService, settings: AwsSettings): AwsCall => {
  const endpoint = endpointOf(name, settings);
  let transport: Promise<Transport> | undefined;

  const attempt = async (operation: string, body: string) => {
    transport ??= openTransport(name, endpoint, settings);
    const { sign, send } = await transport;
    const headers = await sign(body, {
      host: endpoint.host,
      "content-type": contentType,
      "x-amz-target": `${target}.${operation}`,
    });
    return send(headers, body);
  };

  return async (operation, input) => {
    const body = JSON.stringify(input);
    for (let tried = 1; ; tried++) {
      try {
        return await attempt(operation, body);
      } catch (error) {
        if (tried === attempts || !isRetryable(error)) throw error;
        await pause(Math.random() * 50 * 2 ** tried);
      }
    }
  };
};

const isRetryable = (error: unknown): boolean =>
  error instanceof AwsUnreachable || isThrottle(error) || (error instanceof AwsError && error.status >= 500);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Transport {
  sign(body: string, headers: Record<string, string>): Promise<Record<string, string>>;
  send(headers: Record<string, string>, body: string): Promise<Record<string, unknown>>;
}

const openTransport = async (name: string, endpoint: URL, settings: AwsSettings): Promise<Transport> => {
  const [{ requestSigner }, { default: network }] = await Promise.all([
    import("./request-signer.ts"),
    endpoint.protocol === "https:" ? import("node:https") : import("node:http"),
  ]);
  const agent = new network.Agent({ keepAlive: true, maxSockets: 64 });
  return {
    sign: requestSigner(name, endpoint, settings),
    send: (headers, body) =>
      exchange((options) => network.request(endpoint, { ...options, agent }), { method: "POST", headers }, body),
  };
};

const exchange = (open: (options: RequestOptions) => ClientRequest, options: RequestOptions, body: string) =>
  new Promise<Record<string, unknown>>((resolve, reject) => {
    const unreachable = (cause: Error) => reject(new AwsUnreachable(`no answer: ${cause.message}`, { cause }));
    const request = open({ ...options, signal: AbortSignal.timeout(attemptMs) });
    request.on("error", unreachable);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("error", unreachable);
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
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
