import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";
import { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import { DefaultHttpClient } from "@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js";
import { LogLevel } from "@huaweicloud/huaweicloud-sdk-core/logger/index.js";
import { type Kind, keyOf, tokenOf, type Who } from "./sdk-keys.ts";

export const project = "b02ce40e8cb84a8e980fdb11fac657db";

/** One request of a service's client: the path has names in braces, and `project_id` is the credential's. */
export interface RestCall {
  readonly method: "GET" | "DELETE";
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly project?: string;
  /** The time of signing, which the client makes up unless it is given. */
  readonly date?: string;
}

export interface HuaweiClient {
  readonly name: string;
  readonly kind: Kind;
  call(endpoint: string, who: Who, call: RestCall): Promise<object>;
}

/** What the caller sees of an error, and the body that the client logs, which has what it does not understand. */
export interface HuaweiReport {
  readonly name: string;
  readonly httpStatusCode: unknown;
  readonly errorCode: unknown;
  readonly errorMsg: unknown;
  readonly requestId: unknown;
  readonly body: unknown;
}

const logged = new WeakMap<object, unknown>();

/** Its own logger prints each failure, with the signature of the request. */
const loggerOf = (keep: (failure: unknown) => void) => {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_: unknown, failure: unknown) => keep(failure),
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
};

const credentialOf = (who: Who, kind: Exclude<Kind, "token">, projectId: string) => {
  const { id, secret, securityToken } = keyOf(who, kind);
  const credential = new BasicCredentials().withAk(id).withSk(secret).withProjectId(projectId);
  return securityToken === undefined ? credential : credential.withSecurityToken(securityToken);
};

/** The options that the generated clients hand to the core; it changes them. */
export const optionsOf = ({ method, path, parameters = {}, query = {}, date }: RestCall) => ({
  method,
  url: path,
  contentType: "application/json",
  queryParams: { ...query },
  pathParams: { ...parameters },
  headers: (date === undefined ? {} : { "X-Sdk-Date": date }) as Record<string, string>,
});

/** Without a credential the client signs nothing, and the project is the caller's to name. */
const send = async (endpoint: string, call: RestCall, credential?: BasicCredentials, token?: string) => {
  let failure: unknown;
  const logger = loggerOf((told) => {
    failure = told;
  });
  const client = new HcClient(new DefaultHttpClient({ logger }, [endpoint])).withEndpoints([endpoint]);
  const options = optionsOf(call);
  if (credential) client.withCredential(credential);
  else Object.assign(options.pathParams, { project_id: call.project ?? project });
  if (token) options.headers["X-Auth-Token"] = token;
  try {
    return await client.sendRequest(options);
  } catch (error) {
    if (error instanceof Error) logged.set(error, Reflect.get(Object(failure), "data"));
    throw error;
  }
};

const signing = (name: string, kind: Exclude<Kind, "token">): HuaweiClient => ({
  name,
  kind,
  call: (endpoint, who, call) => send(endpoint, call, credentialOf(who, kind, call.project ?? project)),
});

const deriving = (name: string, kind: Exclude<Kind, "token">): HuaweiClient => ({
  name,
  kind,
  call: (endpoint, who, call) => {
    const credential = credentialOf(who, kind, call.project ?? project).withDerivedPredicate(() => true);
    // As the builder of a service's client does, with the name of the service.
    credential.processDerivedAuthParams("dli", "eu-de");
    return send(endpoint, call, credential);
  },
});

export const huaweiClients: readonly HuaweiClient[] = [
  signing("SDK-HMAC-SHA256", "permanent"),
  signing("SDK-HMAC-SHA256 with a security token", "temporary"),
  deriving("V11-HMAC-SHA256", "permanent"),
  deriving("V11-HMAC-SHA256 with a security token", "temporary"),
  {
    name: "X-Auth-Token",
    kind: "token",
    call: (endpoint, who, call) => send(endpoint, call, undefined, tokenOf(who)),
  },
];

/** A call by somebody who does not say who they are. */
export const sendAnonymously = (endpoint: string, call: RestCall) => send(endpoint, call);

/** A client as the builder of a generated one makes it. It reads and writes a file in the home directory. */
export const builtClient = (endpoint: string) =>
  new ClientBuilder((client) => client)
    .withEndpoint(endpoint)
    .withCredential(credentialOf("owner", "permanent", project))
    .build();

/** What the client makes of the refusal of a call that is not to succeed. */
export const huaweiRefusalOf = async (answer: Promise<object>): Promise<HuaweiReport> => {
  const [settled] = await Promise.allSettled([answer]);
  if (settled.status === "fulfilled") throw new Error(`the call succeeded: ${JSON.stringify(settled.value)}`);
  const { reason } = settled;
  if (!(reason instanceof Error)) throw new Error(`the client threw ${reason}`);
  const { httpStatusCode, errorCode, errorMsg, requestId } = reason as Error & Partial<HuaweiReport>;
  return { name: reason.constructor.name, httpStatusCode, errorCode, errorMsg, requestId, body: logged.get(reason) };
};
