import type { HttpFunction, HttpOutcome } from "../../shared/entrypoints/http.ts";
import type { HttpRequest } from "../../shared/entrypoints/http-request.ts";
import { toProblem } from "../../shared/protocols/problem-details/problem.ts";
import type { Render } from "../../shared/protocols/reply.ts";
import type { RequestError } from "../../shared/validation/request-error.ts";
import { routeOf } from "../jobs/endpoint.ts";
import { endpoints } from "../jobs/endpoints.ts";
import { cancelOperations } from "../registry.ts";

export const unknownRoute: HttpFunction<HttpOutcome & RequestError> = {
  read: ({ path }) => ({ perform: async () => ({ kind: "unknown-route", ...allowedAt(path) }) }),
  render: (failure, about, request) => (findRender(request) ?? toProblem)(failure, about),
};

/** An operation's API is known by the first part of its path; all RPC-style ones are behind the root. */
const findRender = ({ path }: HttpRequest): Render | undefined =>
  cancelOperations.find(({ route }) => ("path" in route ? firstPart(route.path) === firstPart(path) : path === "/"))
    ?.render;

const firstPart = (path: string): string => path.split("/")[1] ?? "";

const allowedAt = (path: string): { readonly allowed?: readonly string[] } => {
  const matching = [...endpoints.map(routeOf), "GET /openapi.json"].filter((route) => {
    const [, template = ""] = route.split(" ");
    return new RegExp(`^${template.replaceAll(".", "\\.").replace("{uid}", "[^/]+")}$`).test(path);
  });
  return matching.length === 0 ? {} : { allowed: matching.map((route) => route.split(" ")[0] ?? "") };
};
