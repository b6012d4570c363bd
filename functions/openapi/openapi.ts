import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import manifest from "../../package.json" with { type: "json" };
import { authToken } from "../../shared/auth/authenticate.ts";
import type { HttpFunction, HttpOutcome } from "../../shared/entrypoints/http.ts";
import { toProblem } from "../../shared/protocols/problem-details/problem.ts";
import type { Endpoint, NamedSchema } from "../jobs/endpoint.ts";
import { endpoints } from "../jobs/endpoints.ts";
import * as responses from "../jobs/response-schemas.ts";
import { cancelOperations, readOperations } from "../registry.ts";

/** GET /openapi.json: what the HTTP API is, made from the schemas that check it. */
export const openApi: HttpFunction<HttpOutcome & { readonly kind: "described" }> = {
  read: () => ({ perform: async () => ({ kind: "described" }) }),
  render: (outcome, about) =>
    outcome.kind === "described" ? { status: 200, body: describeApi() } : toProblem(outcome, about),
};

const toSchema = (schema: v.GenericSchema): object => {
  const { $schema, ...described } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  return described;
};

const json = (schema: object) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const problemDetails = "ProblemDetails";

const uid = { name: "uid", in: "path", required: true, schema: { type: "string", description: "A ULID" } };

export const describeApi = () => ({
  openapi: "3.1.0",
  info: {
    title: "Standdown",
    version: manifest.version,
    description: "Cancels jobs and says, with evidence, whether they stopped.",
    license: { name: "MIT", identifier: "MIT" },
  },
  security: [{ bearer: [] }],
  paths: { ...jobPaths(), ...nativePaths() },
  components: {
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer" },
      authToken: { type: "apiKey", in: "header", name: "X-Auth-Token" },
    },
    responses: {
      [problemDetails]: {
        description: "RFC 9457",
        content: { "application/problem+json": { schema: ref(problemDetails) } },
      },
    },
    schemas: { ...jobSchemas(), [problemDetails]: toSchema(responses.problem) },
  },
});

const jobSchemas = (): Record<string, object> => {
  const named: readonly NamedSchema[] = endpoints.flatMap(({ body, query, responses }) => [
    ...(body ? [body] : []),
    ...(query ? [query] : []),
    ...Object.values(responses),
  ]);
  return Object.fromEntries(named.map(({ name, schema }) => [name, toSchema(schema)]));
};

const jobPaths = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const { method, path } = endpoint;
    const shared = path.includes("{uid}") ? { parameters: [uid] } : {};
    paths[path] = { ...shared, ...paths[path], [method.toLowerCase()]: describeEndpoint(endpoint) };
  }
  return paths;
};

const describeEndpoint = ({ summary, body, query, headers = {}, responses, problems }: Endpoint) => {
  const parameters = [
    ...Object.entries(query?.schema.entries ?? {}).map(([name, schema]) => ({
      name,
      in: "query",
      schema: toSchema(schema),
    })),
    ...Object.entries(headers).map(([name, schema]) => ({ name, in: "header", schema: toSchema(schema) })),
  ];
  return {
    summary,
    ...(body ? { requestBody: { required: body.required, content: json(ref(body.name)) } } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, { description, name }]) => [
          status,
          { description, content: json(ref(name)) },
        ]),
      ),
      ...Object.fromEntries(problems.map((status) => [status, { $ref: `#/components/responses/${problemDetails}` }])),
    },
  };
};

const nativePaths = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const { name, route, parameters, authentication } of [...cancelOperations, ...readOperations]) {
    const { properties = {}, required = [] } = toSchema(parameters) as {
      properties?: Record<string, object>;
      required?: string[];
    };
    const inPath = "path" in route;
    const described = {
      operationId: name,
      summary: inPath ? name : `Action ${route.action}, version ${route.version}`,
      security: [authentication.includes(authToken) ? { authToken: [] } : { bearer: [] }],
      parameters: Object.entries(properties).map(([parameter, schema]) => ({
        name: parameter,
        in: inPath && route.path.includes(`{${parameter}}`) ? "path" : "query",
        required: required.includes(parameter),
        schema,
      })),
      responses: {
        "2XX": { description: "As the provider documents it" },
        default: { description: "In the provider's words" },
      },
    };
    // The actions of an RPC-style API share one path: OpenAPI tells them apart by a fragment only.
    if (inPath) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: described };
    else paths[`/#Action=${route.action}`] = { post: described };
  }
  return paths;
};
