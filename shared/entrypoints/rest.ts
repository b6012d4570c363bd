import type { Operation } from "../operations/define.ts";
import type { Answer } from "../protocols/reply.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import type { HttpFunction } from "./http.ts";
import type { HttpRequest } from "./http-request.ts";
import { readJson } from "./json-body.ts";
import { readParameters, withoutEmpty } from "./parameters.ts";
import { perform } from "./perform.ts";

/** A REST-style API behind its own route. Its body means nothing, but one that cannot be read is refused. */
export const restOperation = (api: Operation): HttpFunction<Answer> => ({
  render: api.render,
  answer: async (request, services, noted) => {
    noted.operation = api.name;
    readJson(request);
    const parameters = toParameters(request, api);
    const principal = await authenticateRequest(api.authentication, request, services, noted);
    return perform(api, { principal, parameters }, services, noted);
  },
});

/** Those of a cancel stand in the path, those of a read in the query too; the path names the job, whatever is there. */
const toParameters = ({ pathParameters, query }: HttpRequest, { kind }: Operation) =>
  kind === "cancel" ? pathParameters : { ...withoutEmpty(readParameters(query)), ...pathParameters };
