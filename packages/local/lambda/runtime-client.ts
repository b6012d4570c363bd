/**
 * What runs inside an execution environment: loads one handler and serves the Lambda Runtime API with it, as AWS's own
 * runtime does. It stands alone in one file without imports of ours, for it is started as plain JavaScript; see
 * unpack.ts.
 */
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

type Handler = (event: unknown, context: object) => unknown;

const { env } = process;
// An ESM import of node:http would load all of its lazy exports, undici among them: 40 ms of each cold start.
const { Agent, request } = process.getBuiltinModule("node:http");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let currentRequestId: string | undefined;

const call = async (method: "GET" | "POST", route: string, body?: string) => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const url = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/${route}`;
    // The next event may be hours away, so there is no timeout.
    request(url, { method, agent }, resolve).on("error", reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { headers: response.headers, text: Buffer.concat(chunks).toString("utf8") };
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error))
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] });
};

const loadHandler = async (): Promise<Handler> => {
  const [, module = "", name = ""] = /^(.*?)\.([^./]+)$/.exec(env._HANDLER ?? "") ?? [];
  const file = path.resolve(env.LAMBDA_TASK_ROOT ?? "", `${module}.mjs`);
  const handler: unknown = (await import(pathToFileURL(file).href))[name];
  if (typeof handler === "function") return handler as Handler;
  throw Object.assign(new Error(`${env._HANDLER} is undefined or not exported`), { name: "Runtime.HandlerNotFound" });
};

const contextOf = (headers: IncomingMessage["headers"], requestId: string) => {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
};

const serve = async (handler: Handler): Promise<never> => {
  for (;;) {
    const { headers, text } = await call("GET", "invocation/next");
    const requestId = String(headers["lambda-runtime-aws-request-id"]);
    currentRequestId = requestId;
    try {
      const result = await handler(JSON.parse(text), contextOf(headers, requestId));
      await call("POST", `invocation/${requestId}/response`, JSON.stringify(result) ?? "null");
    } catch (error) {
      await call("POST", `invocation/${requestId}/error`, describe(error));
    }
    currentRequestId = undefined;
  }
};

/** Reports what nobody caught, to the caller if one waits, and ends this environment as AWS does. */
const endBy = async (error: unknown, exitCode: number, route: string | undefined) => {
  console.error(error);
  if (route !== undefined) await call("POST", route, describe(error)).catch(() => {});
  process.exit(exitCode);
};
const currentErrorRoute = () => currentRequestId && `invocation/${currentRequestId}/error`;
process.on("uncaughtException", (error) => endBy(error, 129, currentErrorRoute()));
process.on("unhandledRejection", (reason) => endBy(reason, 128, currentErrorRoute()));

try {
  await serve(await loadHandler());
} catch (error) {
  await endBy(error, 1, "init/error");
}
