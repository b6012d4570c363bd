import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { HttpFunction } from "../../shared/entrypoints/http.ts";
import { toProblem } from "../../shared/protocols/problem-details/problem.ts";
import * as responses from "../jobs/response-schemas.ts";
import * as requests from "../jobs/schemas.ts";
import { cancelOperations, knownServices, readOperations } from "../registry.ts";

/** GET /openapi.json: what the HTTP API is, made from the schemas that check it. */
export const openApi: HttpFunction<{ readonly kind: "described" }> = {
  answer: async () => ({ kind: "described" }),
  render: (answer, about) =>
    answer.kind === "described" ? { status: 200, body: describeApi() } : toProblem(answer, about),
};

const toSchema = (schema: v.GenericSchema): object => {
  const { $schema, ...described } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  return described;
};

const json = (schema: object) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const response = (description: string, name: string) => ({ description, content: json(ref(name)) });
const problems = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: "#/components/responses/Problem" }]));
const body = (schema: object, required: boolean) => ({ requestBody: { required, content: json(schema) } });

const uid = { name: "uid", in: "path", required: true, schema: { type: "string", description: "A ULID" } };

export const describeApi = () => ({
  openapi: "3.1.0",
  info: {
    title: "Standdown",
    version: "0.1.0",
    description: "Cancels jobs and proves that they stopped.",
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
      ProblemDetails: {
        description: "RFC 9457",
        content: { "application/problem+json": { schema: ref("Problem") } },
      },
    },
    schemas: {
      Registration: { oneOf: knownServices.map((service) => toSchema(requests.registrationFor(service))) },
      Heartbeat: toSchema(requests.heartbeat),
      Finish: toSchema(requests.finish),
      Cancellation: toSchema(requests.cancellation),
      Job: toSchema(responses.job),
      JobPage: toSchema(responses.jobPage),
      HeartbeatAnswer: toSchema(responses.heartbeatAnswer),
      Receipt: toSchema(responses.receipt),
      ProblemDetails: toSchema(responses.problem),
    },
  },
});

const jobPaths = () => ({
  "/jobs": {
    post: {
      summary: "Register a job",
      ...body(ref("Registration"), true),
      parameters: [{ name: "Idempotency-Key", in: "header", schema: toSchema(requests.idempotencyKey) }],
      responses: { 201: response("The job", "Job"), ...problems(400, 401, 403, 409, 410, 413, 415, 429, 503) },
    },
    get: {
      summary: "List jobs, newest first within a service and project",
      parameters: Object.entries(requests.listing.entries).map(([name, schema]) => ({
        name,
        in: "query",
        schema: toSchema(schema),
      })),
      responses: { 200: response("A page of jobs", "JobPage"), ...problems(400, 401, 403, 429, 503) },
    },
  },
  "/jobs/{uid}": {
    parameters: [uid],
    get: {
      summary: "Read a job",
      responses: { 200: response("The job", "Job"), ...problems(401, 403, 404, 429, 503) },
    },
  },
  "/jobs/{uid}/heartbeat": {
    parameters: [uid],
    post: {
      summary: "Renew the worker's lease, and hear of a cancellation",
      ...body(ref("Heartbeat"), false),
      responses: {
        200: response("The state, and the order to stop if there is one", "HeartbeatAnswer"),
        ...problems(400, 401, 403, 404, 409, 415, 429, 503),
      },
    },
  },
  "/jobs/{uid}/finish": {
    parameters: [uid],
    post: {
      summary: "Report how the work ended",
      ...body(ref("Finish"), true),
      responses: { 200: response("The job", "Job"), ...problems(400, 401, 403, 404, 409, 415, 429, 503) },
    },
  },
  "/jobs/{uid}/cancel": {
    parameters: [uid],
    post: {
      summary: "Cancel a job",
      ...body(ref("Cancellation"), false),
      responses: {
        200: response("The job had ended, or ends, by this cancellation", "Receipt"),
        202: response("The job is stopping", "Receipt"),
        ...problems(400, 401, 403, 404, 409, 415, 429, 503),
      },
    },
  },
  "/jobs/{uid}/receipt": {
    parameters: [uid],
    get: {
      summary: "Read the receipt of a cancellation",
      responses: { 200: response("The receipt", "Receipt"), ...problems(401, 403, 404, 429, 503) },
    },
  },
});

/** The documented APIs: their own pages describe them; here stands where they are and what they are given. */
const nativePaths = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const { name, route, parameters } of [...cancelOperations, ...readOperations]) {
    const { properties = {}, required = [] } = toSchema(parameters) as {
      properties?: Record<string, object>;
      required?: string[];
    };
    const inPath = "path" in route;
    const described = {
      operationId: name,
      summary: inPath ? name : `Action ${route.action}, version ${route.version}`,
      security: [inPath ? { authToken: [] } : { bearer: [] }],
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
