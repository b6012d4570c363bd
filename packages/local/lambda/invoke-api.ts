import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { readBody } from "../platform/read-body.ts";
import type { LambdaFunction } from "../template/functions.ts";
import { type Outcome, payloadLimit } from "./outcome.ts";

interface InvokeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Serves Lambda's Invoke operation, so that the AWS CLI and SDKs can start any function by hand. */
export const createInvokeApi = (
  functions: readonly LambdaFunction[],
  invoke: (functionName: string, event: string) => Promise<Outcome>,
): Server => {
  const answer = async (request: IncomingMessage): Promise<InvokeAnswer> => {
    const body = await readBody(request, payloadLimit);
    const [, address] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(\?|$)/.exec(request.url ?? "") ?? [];
    if (request.method !== "POST" || address === undefined) {
      return refuse(404, "UnknownOperationException", "Only POST /2015-03-31/functions/{name}/invocations is served.");
    }
    const name = functionName(address);
    const lambda = functions.find((candidate) => candidate.name === name || candidate.shortName === name);
    if (lambda === undefined) return refuse(404, "ResourceNotFoundException", `Function not found: ${name}`);
    if (body === undefined) {
      return refuse(413, "RequestTooLargeException", `Request must be smaller than ${payloadLimit} bytes.`);
    }
    const event = body.toString("utf8") || "{}";
    if (!isJson(event)) {
      return refuse(400, "InvalidRequestContentException", "Could not parse request body into json.");
    }
    return await invokeAs(String(request.headers["x-amz-invocation-type"] ?? "RequestResponse"), lambda, event);
  };

  const invokeAs = async (type: string, lambda: LambdaFunction, event: string): Promise<InvokeAnswer> => {
    switch (type) {
      case "DryRun":
        return { status: 204 };
      case "Event":
        void invoke(lambda.name, event);
        return { status: 202 };
      case "RequestResponse": {
        const { kind, payload } = await invoke(lambda.name, event);
        const functionError = kind === "failed" ? { "x-amz-function-error": "Unhandled" } : {};
        return { status: 200, headers: { "x-amz-executed-version": "$LATEST", ...functionError }, body: payload };
      }
      default:
        return refuse(400, "InvalidParameterValueException", `Unknown invocation type: ${type}`);
    }
  };

  return createServer((request, response) => {
    answer(request)
      .then(({ status, headers, body }) => {
        response.writeHead(status, {
          "content-type": "application/json",
          "x-amzn-requestid": randomUUID(),
          ...headers,
        });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
};

/** The name in a name, `name:qualifier`, a partial ARN or an ARN with or without a qualifier. */
const functionName = (address: string): string => {
  const decoded = decodeAddress(address);
  const [, name = decoded] = /(?:^|:)function:([^:]+)/.exec(decoded) ?? [];
  return name.split(":")[0] ?? name;
};

const decodeAddress = (address: string): string => {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const refuse = (status: number, type: string, message: string): InvokeAnswer => ({
  status,
  headers: { "x-amzn-errortype": type },
  body: JSON.stringify({ Type: status < 500 ? "User" : "Service", Message: message }),
});
