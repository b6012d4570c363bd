import type { Outcome } from "../domain/outcome.ts";
import type { Operation, RpcRoute } from "../operations/define.ts";
import { perform } from "../operations/perform.ts";
import { toXml } from "../protocols/alibaba-rpc/xml.ts";
import { RequestRejected } from "../validation/request-error.ts";
import type { HttpFunction } from "./http.ts";
import type { HttpRequest } from "./http-request.ts";
import { readParameters, withoutEmpty } from "./parameters.ts";
import { decodeUtf8 } from "./utf8.ts";

type RpcOperation = Operation & { readonly route: RpcRoute };

const formType = "application/x-www-form-urlencoded";

/** Makes the function of an RPC-style API, whose operations are told apart by the action in a header or parameter. */
export const rpcApi = (operations: readonly [RpcOperation, ...RpcOperation[]]): HttpFunction<Outcome> => ({
  render: (outcome, about, request) => {
    const reply = operations[0].render(outcome, about);
    const { Action, Format } = readableParameters(request);
    // P: without a format the reply is JSON.
    return Format?.toUpperCase() === "XML" ? toXml(reply, request.header("x-acs-action") ?? Action) : reply;
  },
  read: (request) => {
    const parameters = readRpcParameters(request);
    const action = request.header("x-acs-action") ?? parameters.Action;
    const version = request.header("x-acs-version") ?? parameters.Version;
    const operation = operations.find(({ route }) => route.action === action);
    return {
      operation: operation?.name,
      readParameters: () => parameters,
      authentication: operations[0].authentication,
      perform: async (asked, services) => {
        if (operation === undefined) throw new RequestRejected({ kind: "unknown-action", action });
        if (version !== operation.route.version) throw new RequestRejected({ kind: "unknown-version", version });
        return perform(operation, { ...asked, parameters: withoutEmpty(parameters) }, services);
      },
    };
  },
});

const readRpcParameters = (request: HttpRequest): Readonly<Record<string, string>> => {
  const parameters = known.get(request) ?? readParameters(request.query, readForm(request));
  known.set(request, parameters);
  return parameters;
};

/** The reply depends on the parameters as well. */
const known = new WeakMap<HttpRequest, Readonly<Record<string, string>>>();

/** None where they cannot be read, which is then what the reply says. */
const readableParameters = (request: HttpRequest): Readonly<Record<string, string>> => {
  try {
    request.refuseTooLarge();
    return readRpcParameters(request);
  } catch (error) {
    if (error instanceof RequestRejected) return {};
    throw error;
  }
};

/** A form without a body needs no content type: the SDKs send none. */
const readForm = (request: HttpRequest): string => {
  const body = request.body();
  if (body.length === 0) return "";
  const [type = ""] = (request.header("content-type") ?? formType).split(";");
  if (type.trim().toLowerCase() !== formType)
    throw new RequestRejected({ kind: "wrong-content-type", expected: formType });
  return decodeUtf8(body);
};
