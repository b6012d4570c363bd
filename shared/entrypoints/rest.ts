import type { Outcome } from "../domain/outcome.ts";
import type { Operation } from "../operations/define.ts";
import { perform } from "../operations/perform.ts";
import type { HttpFunction } from "./http.ts";
import type { HttpRequest } from "./http-request.ts";
import { readJson } from "./json-body.ts";
import { readParameters, withoutEmpty } from "./parameters.ts";

/** Makes the function of a REST-style API. Its body means nothing, but one that cannot be read is refused, once it is known whose it is. */
export const restOperation = (operation: Operation): HttpFunction<Outcome> => ({
  render: operation.render,
  read: (request) => ({
    operation: operation.name,
    readParameters: () => toParameters(request, operation),
    authentication: operation.authentication,
    perform: async (asked, services) => {
      readJson(request);
      return perform(operation, asked, services);
    },
  }),
});

/** The path wins over the query: it names the job. */
const toParameters = ({ pathParameters, query }: HttpRequest, { kind }: Operation) =>
  kind === "cancel" ? pathParameters : { ...withoutEmpty(readParameters(query)), ...pathParameters };
