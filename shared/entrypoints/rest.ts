import type { Outcome } from "../domain/outcome.ts";
import type { Operation } from "../operations/define.ts";
import { perform } from "../operations/perform.ts";
import type { HttpFunction } from "./http.ts";
import { readJson } from "./json-body.ts";
import { readParameters, withoutEmpty } from "./parameters.ts";

/** Makes the function of a REST-style API. Its body means nothing, but one that cannot be read is refused, once it is known whose it is. */
export const restOperation = (operation: Operation): HttpFunction<Outcome> => ({
  render: operation.render,
  read: (request) => ({
    operation: operation.name,
    // A cancel has no use for a query.
    readParameters: () => (operation.kind === "cancel" ? {} : readParameters(request.query)),
    authentication: operation.authentication,
    perform: async ({ parameters, ...asked }, services) => {
      readJson(request);
      // The path wins over the query: it names the job.
      const all = { ...withoutEmpty(parameters), ...request.pathParameters };
      return perform(operation, { ...asked, parameters: all }, services);
    },
  }),
});
