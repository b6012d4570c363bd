import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { close, listen } from "../platform/listen.ts";
import { readBody } from "../platform/read-body.ts";
import { failure, type Outcome, payloadLimit } from "./outcome.ts";

export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly deadline: number;
}

/** What the runtime of one execution environment tells us. */
export interface RuntimeEvents {
  /** It asks for the next event: it is initialized, or has finished with the last one. */
  idle(): void;
  /** It has answered the event that it was given. */
  answered(outcome: Outcome): void;
  initFailed(outcome: Outcome): void;
}

export interface RuntimeApi {
  /** The host and port for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Gives an event to the runtime, which must be idle. */
  give(invocation: Invocation): void;
  stop(): Promise<void>;
}

/** Serves the Lambda Runtime API to one execution environment; on a shared port two could not be told apart. */
export const startRuntimeApi = async (functionArn: string, events: RuntimeEvents): Promise<RuntimeApi> => {
  let next: ServerResponse | undefined;
  let current: string | undefined;

  const answer = async (request: IncomingMessage, kind: Outcome["kind"]): Promise<Outcome> => {
    const body = await readBody(request, payloadLimit);
    return body
      ? { kind, payload: body.toString("utf8") }
      : failure("Function.ResponseSizeTooLarge", `The response is larger than ${payloadLimit} bytes.`);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${request.url?.replace("/2018-06-01/runtime/", "")}`;
    switch (route) {
      case "GET invocation/next":
        next = response;
        return events.idle();
      case "POST init/error":
        events.initFailed(await answer(request, "failed"));
        break;
      case `POST invocation/${current}/response`:
      case `POST invocation/${current}/error`:
        current = undefined;
        events.answered(await answer(request, route.endsWith("/response") ? "returned" : "failed"));
        break;
      default:
        // An answer that comes twice, or for an invocation that was given up.
        request.resume();
        response.writeHead(400);
    }
    response.end();
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  // A function may work for longer than Node's own limit on the time of one request.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  const port = await listen(server);

  return {
    address: `127.0.0.1:${port}`,
    give({ requestId, event, deadline }) {
      current = requestId;
      next?.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": requestId,
        "lambda-runtime-deadline-ms": deadline,
        "lambda-runtime-invoked-function-arn": functionArn,
      });
      next?.end(event);
      next = undefined;
    },
    stop: () => close(server),
  };
};
