import { parseJson } from "../validation/json.ts";
import { RequestRejected } from "../validation/request-error.ts";
import type { HttpRequest } from "./http-request.ts";
import { decodeUtf8 } from "./utf8.ts";

export const readJson = (request: HttpRequest): unknown => {
  const body = request.body();
  if (body.length === 0) return {};
  const [type = ""] = (request.header("content-type") ?? "").split(";");
  if (!/^application\/([\w.-]+\+)?json$/i.test(type.trim()))
    throw new RequestRejected({ kind: "wrong-content-type", expected: "application/json" });
  return parseJson(decodeUtf8(body), "the body");
};
