import { type Deadline, noDeadline, remainingMs } from "../../concurrency/deadline.ts";
import { connectionsTo, type HttpResponse } from "./connections.ts";
import { type AwsSettings, toEndpoint } from "./endpoint.ts";
import { requestSigner } from "./request-signer.ts";

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

export interface AwsClient {
  (operation: string, input: object, deadline?: Deadline): Promise<Record<string, unknown>>;
  /** Opens a connection for the first call. Never rejects. */
  readonly open: (deadline: Deadline) => Promise<void>;
}

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
 * Calls one AWS service by the AWS JSON protocol, tried again with full jitter when throttled or unreachable. A tenth of
 * the AWS SDK in size and under half its CPU for each call (docs/decisions/0002 and 0021).
 */
export const jsonClient = ({ name, target, contentType }: JsonService, settings: AwsSettings): AwsClient => {
  const endpoint = toEndpoint(name, settings);
  const { post, open } = connectionsTo(endpoint);
  const sign = requestSigner(name, settings);

  const call = async (operation: string, input: object, deadline: Deadline = noDeadline) => {
    const body = JSON.stringify(input);
    const unsigned = { host: endpoint.host, "content-type": contentType, "x-amz-target": `${target}.${operation}` };
    for (let tried = 1; ; tried++) {
      if (remainingMs(deadline) <= 0) throw new AwsUnreachable("the request has run out of time");
      const boundMs = Math.max(1, Math.min(settings.attemptMs ?? defaultAttemptMs, remainingMs(deadline)));
      try {
        return parse(await post(sign(body, unsigned, Date.now()), body, boundMs).catch(toUnreachable));
      } catch (error) {
        const pauseMs = Math.random() * 50 * 2 ** tried;
        if (tried === attempts || !isRetryable(error) || remainingMs(deadline) <= pauseMs) throw error;
        await pause(pauseMs);
      }
    }
  };
  return Object.assign(call, { open: (deadline: Deadline) => open(remainingMs(deadline)) });
};

const toUnreachable = (cause: Error): never => {
  throw new AwsUnreachable(`no answer: ${cause.message}`, { cause });
};

const isRetryable = (error: unknown): boolean =>
  error instanceof AwsUnreachable || isThrottle(error) || (error instanceof AwsError && error.status >= 500);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const parse = ({ status, body: text }: HttpResponse): Record<string, unknown> => {
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
