import { createServer } from "node:http";
import { close, listen } from "../../../packages/local/platform/listen.ts";
import { readBody } from "../../../packages/local/platform/read-body.ts";

export interface Asked {
  /** The service's prefix and the operation, e.g. `AWSEvents.PutEvents`. */
  readonly target: string;
  // Its shape is what the test is about.
  readonly input: Record<string, unknown>;
}

/** The answer to a request: 200 and this body, or an error of this type. */
export type Answer = { readonly body: object } | { readonly type: string; readonly status?: number };

/** A server that speaks AWS's JSON protocol and answers as the test says. */
export const startAwsStandIn = async (answer: (asked: Asked) => Answer) => {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const text = await readBody(request, 1_000_000);
    const one = { target: String(request.headers["x-amz-target"]), input: JSON.parse(String(text)) };
    asked.push(one);
    const given = answer(one);
    const [status, body] =
      "body" in given ? [200, given.body] : [given.status ?? 400, { __type: `com.amazonaws#${given.type}` }];
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  return { endpoint, asked, stop: () => close(server) };
};

export type AwsStandIn = Awaited<ReturnType<typeof startAwsStandIn>>;
