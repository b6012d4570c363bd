import { createRequire } from "node:module";
import type RpcClientClass from "@alicloud/pop-core";
import { expect } from "vitest";
import type { RpcCall } from "./sdk-analyticdb.ts";
import { type Kind, keyOf, tokenOf, type Who } from "./sdk-keys.ts";

// Loaded as CommonJS: what an import makes of their default export differs between Node.js and the test runner.
const require = createRequire(import.meta.url);
type Core = typeof import("@alicloud/openapi-core", { with: { "resolution-mode": "require" }});
type OldCore = typeof import("@alicloud/openapi-client", { with: { "resolution-mode": "require" }});
const { default: CoreClient, $OpenApiUtil }: Core = require("@alicloud/openapi-core");
const { default: OldClient, Config: OldConfig, ...old }: OldCore = require("@alicloud/openapi-client");
const RpcClient: typeof RpcClientClass = require("@alicloud/pop-core");

/** An error as the client shows it to its caller, in one form for all clients. */
export interface Report {
  readonly name: unknown;
  readonly code: unknown;
  readonly status: unknown;
  readonly requestId: unknown;
  /** The message without what the client puts around it. */
  readonly words: unknown;
  readonly accessDenied: unknown;
  /** In milliseconds, for the client that shows it. */
  readonly retryAfter?: unknown;
}

/** A published client, in one of its ways of saying who calls. */
export interface AlibabaClient {
  readonly name: string;
  readonly kind: Kind;
  call(endpoint: string, who: Who, call: RpcCall): Promise<Record<string, unknown>>;
  reportOf(error: unknown): Report;
  /** The name of the error that it makes of a reply. */
  errorName(status: number, code: string): string;
}

const version = "2016-05-03";

/** Those of the generated client of gpdb. */
const paramsOf = (call: RpcCall) => ({
  action: call.action,
  version: call.version ?? version,
  protocol: "HTTPS",
  pathname: "/",
  method: "POST",
  authType: "AK",
  style: "RPC",
  reqBodyType: "formData",
  bodyType: "json",
});

const requestOf = ({ query, form }: RpcCall) => ({ query: { ...query }, ...(form && { body: { ...form } }) });

const credentialsOf = (who: Who, kind: Kind) => {
  if (kind === "token") return { bearerToken: tokenOf(who) };
  const { id, secret, securityToken } = keyOf(who, kind);
  return { accessKeyId: id, accessKeySecret: secret, ...(securityToken && { securityToken }) };
};

/** The algorithm is `v2` for the RPC signature version 1, and none for the default. */
const configOf = (endpoint: string, who: Who, kind: Kind, algorithm: string | undefined) => ({
  ...credentialsOf(who, kind),
  ...(algorithm && { signatureAlgorithm: algorithm }),
  endpoint: new URL(endpoint).host,
  protocol: "http",
  regionId: "cn-hangzhou",
});

/** Both cores let the caller replace what they make up, in headers with version 3 and in parameters with version 1. */
const runtimeOf = ({ pinned }: RpcCall, algorithm: string | undefined): object => {
  if (pinned === undefined) return {};
  const { date, nonce } = pinned;
  return {
    extendsParameters:
      algorithm === "v2"
        ? { queries: { Timestamp: date, SignatureNonce: nonce } }
        : { headers: { "x-acs-date": date, "x-acs-signature-nonce": nonce } },
  };
};

type Runtime = Parameters<InstanceType<typeof CoreClient>["callApi"]>[2];

// The types ask for a model as the runtime, of which the client uses the fields alone.
const callCore = (config: object, call: RpcCall, { runtime = {}, authType = "AK" } = {}) =>
  new CoreClient(new $OpenApiUtil.Config({ ...config })).callApi(
    new $OpenApiUtil.Params({ ...paramsOf(call), authType }),
    new $OpenApiUtil.OpenApiRequest(requestOf(call)),
    runtime as Runtime,
  );

/** A call by somebody who does not say who they are. */
export const callAnonymously = (endpoint: string, call: RpcCall) => {
  const config = { endpoint: new URL(endpoint).host, protocol: "http" };
  return callCore(config, call, { authType: "Anonymous" });
};

/** A call that is made again when it was throttled, after the time that the server names. */
export const callPatiently = (endpoint: string, call: RpcCall) => {
  const retryCondition = [{ exception: ["ThrottlingError"], errorCode: [], maxAttempts: 2 }];
  const retryOptions = { retryable: true, retryCondition, noRetryCondition: [] };
  return callCore({ ...configOf(endpoint, "owner", "permanent", undefined), retryOptions }, call);
};

const fieldsOf = (thing: unknown): Readonly<Record<string, unknown>> =>
  typeof thing === "object" && thing !== null ? Object.fromEntries(fieldEntries(thing)) : {};

/** Those of an error are not all enumerable. */
const fieldEntries = (thing: object) =>
  ["name", ...Object.getOwnPropertyNames(thing)].map((name) => [name, Reflect.get(thing, name)]);

/** What stands between the two; all of it where they do not stand there. */
const between = (text: unknown, before: string, after: string): unknown => {
  const given = String(text);
  return given.startsWith(before) && given.endsWith(after)
    ? given.slice(before.length, given.length - after.length)
    : given;
};

const openApiCore = (name: string, kind: Kind, algorithm?: string): AlibabaClient => ({
  name: `openapi-core, ${name}`,
  kind,
  call: (endpoint, who, call) =>
    callCore(configOf(endpoint, who, kind, algorithm), call, { runtime: runtimeOf(call, algorithm) }),
  reportOf: (error) => {
    const { name, code, statusCode: status, requestId, message, accessDeniedDetail, retryAfter } = fieldsOf(error);
    const words = between(message, `${code}: code: ${status}, `, ` request id: ${requestId}`);
    return { name, code, status, requestId, words, accessDenied: accessDeniedDetail ?? undefined, retryAfter };
  },
  errorName: (status, code) => {
    if (code.includes("Throttling")) return "ThrottlingError";
    return status < 500 ? "ClientError" : "ServerError";
  },
});

const openApiClient = (name: string, kind: Kind, algorithm?: string): AlibabaClient => ({
  name: `openapi-client, ${name}`,
  kind,
  call: async (endpoint, who, call) => {
    const client = new OldClient(new OldConfig(configOf(endpoint, who, kind, algorithm)));
    const request = new old.OpenApiRequest(requestOf(call));
    const runtime = runtimeOf(call, algorithm) as Parameters<typeof client.callApi>[2];
    return client.callApi(new old.Params(paramsOf(call)), request, runtime);
  },
  reportOf: (error) => {
    const { name, code, message, data, accessDeniedDetail } = fieldsOf(error);
    const { statusCode, RequestId } = fieldsOf(data);
    const words = between(message, `${code}: code: ${statusCode}, `, ` request id: ${RequestId}`);
    return {
      name,
      code,
      status: statusCode,
      requestId: RequestId,
      words,
      accessDenied: accessDeniedDetail ?? undefined,
    };
  },
  errorName: () => "Error",
});

const popCore = (name: string, kind: Exclude<Kind, "token">, method: "GET" | "POST"): AlibabaClient => ({
  name: `pop-core, ${name}`,
  kind,
  call: async (endpoint, who, { action, query, form, version: other = version, pinned }) => {
    const { id: accessKeyId, secret: accessKeySecret, securityToken } = keyOf(who, kind);
    const key = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
    const client = new RpcClient({ ...key, endpoint, apiVersion: other });
    const made = pinned ? { Timestamp: pinned.date, SignatureNonce: pinned.nonce } : {};
    // The default is left to the client.
    const options = method === "GET" ? {} : { method };
    return { body: await client.request<object>(action, { ...query, ...form, ...made }, options) };
  },
  reportOf: (error) => {
    const { name, code, message, data, url, entry } = fieldsOf(error);
    const { RequestId, AccessDeniedDetail } = fieldsOf(data);
    const { statusCode } = fieldsOf(fieldsOf(entry).response);
    const words = between(message, "", `, URL: ${url}`);
    return { name, code, status: statusCode, requestId: RequestId, words, accessDenied: AccessDeniedDetail };
  },
  errorName: (_, code) => `${code}Error`,
});

const cores = [openApiCore, openApiClient].flatMap((core) => [
  core("ACS3-HMAC-SHA256", "permanent"),
  core("ACS3-HMAC-SHA256 with an STS token", "temporary"),
  core("ACS3-HMAC-SM3", "permanent", "ACS3-HMAC-SM3"),
  core("bearer", "token"),
  core("RPC version 1", "permanent", "v2"),
  core("RPC version 1 with an STS token", "temporary", "v2"),
  core("RPC version 1 bearer", "token", "v2"),
]);

export const alibabaClients: readonly AlibabaClient[] = [
  ...cores,
  popCore("GET", "permanent", "GET"),
  popCore("GET with an STS token", "temporary", "GET"),
  popCore("POST", "permanent", "POST"),
  popCore("POST with an STS token", "temporary", "POST"),
];

export const upperCaseUuid = expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);

/** What the client makes of the refusal of a call that is not to succeed. */
export const refusalOf = async (client: AlibabaClient, answer: Promise<unknown>): Promise<Report> => {
  const [settled] = await Promise.allSettled([answer]);
  if (settled.status === "rejected") return client.reportOf(settled.reason);
  throw new Error(`the call succeeded: ${JSON.stringify(settled.value)}`);
};
