import type { Operation, RpcRoute } from "../operations/define.ts";
import type { Answer } from "../protocols/reply.ts";
import { RequestRejected } from "../validation/request-error.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import type { HttpFunction } from "./http.ts";
import type { HttpRequest } from "./http-request.ts";
import { readParameters, withoutEmpty } from "./parameters.ts";
import { perform } from "./perform.ts";
import { decodeUtf8 } from "./utf8.ts";

type RpcOperation = Operation & { readonly route: RpcRoute };

const formType = "application/x-www-form-urlencoded";

/** The operations of one RPC-style API, all behind `/`, told apart by the action in a header or parameter. */
export const rpcApi = (operations: readonly [RpcOperation, ...RpcOperation[]]): HttpFunction<Answer> => ({
  render: operations[0].render,
  answer: async (request, services, noted) => {
    const parameters = readParameters(request.query, readForm(request));
    const principal = await authenticateRequest(operations[0].authentication, request, services, noted, parameters);

    const action = request.header("x-acs-action") ?? parameters.Action;
    const operation = operations.find(({ route }) => route.action === action);
    if (operation === undefined) throw new RequestRejected({ kind: "unknown-action", action });
    noted.operation = operation.name;
    const version = request.header("x-acs-version") ?? parameters.Version;
    if (version !== operation.route.version) throw new RequestRejected({ kind: "unknown-version", version });

    return perform(operation, { principal, parameters: withoutEmpty(parameters) }, services, noted);
  },
});

/** A form without a body needs no content type: the SDKs send none. */
const readForm = (request: HttpRequest): string => {
  const body = request.body();
  if (body.length === 0) return "";
  const [type = ""] = (request.header("content-type") ?? formType).split(";");
  if (type.trim().toLowerCase() !== formType)
    throw new RequestRejected({ kind: "wrong-content-type", expected: formType });
  return decodeUtf8(body);
};
