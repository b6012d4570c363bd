import type { Source } from "./build.ts";
import { compiledSchema } from "./compiled-schema.ts";

/** An event and what every variant of a choice must reply to it, so that no variant is fast by doing less. */
export interface Expectation {
  readonly event: object;
  readonly statusCode: number;
  readonly contains: string;
}

/** Variants that do the same work, the first of which the others are compared with. */
export interface Choice {
  readonly title: string;
  /** The first expectation is also what is measured. */
  readonly expectations: readonly [Expectation, ...Expectation[]];
  /** How often the handler is called to warm up, and again for its CPU time. */
  readonly calls: number;
  readonly variants: readonly Source[];
}

const parameters = {
  RegionId: "cn-hangzhou",
  DBInstanceId: "gp-bp1v8cmxwi0z3",
  Namespace: "mynamespace",
  NamespacePassword: "testpassword",
  Collection: "document",
  JobId: "running",
};

export const choices: readonly Choice[] = [
  {
    title: "DynamoDB: one conditional UpdateItem against a local server",
    expectations: [
      { event: { jobId: "running" }, statusCode: 202, contains: '"state":"stopping"' },
      // The job that stood in the way must come with the refusal: it saves a read on every lost race.
      { event: { jobId: "ended" }, statusCode: 409, contains: '"state":"succeeded"' },
    ],
    calls: 300,
    variants: [
      { name: "AWS SDK v3", entry: "dynamodb/aws-sdk" },
      { name: "aws-lite", entry: "dynamodb/aws-lite" },
      { name: "smithy signer, loaded at once", entry: "dynamodb/signed-eagerly" },
      { name: "smithy signer, loaded when first used", entry: "dynamodb/signed-lazily" },
      { name: "Standdown's own client", entry: "dynamodb/own-client" },
    ],
  },
  {
    title: "Validation: seven strings, three optional, an either-or, a pattern",
    expectations: [
      { event: { parameters }, statusCode: 200, contains: "{}" },
      {
        event: { parameters: { RegionId: "?", NamespacePassword: "testpassword", Collection: "", Namespace: "n" } },
        statusCode: 400,
        contains: '["Collection","DBInstanceId","JobId","RegionId"]',
      },
    ],
    calls: 5000,
    variants: [
      { name: "zod", entry: "validation/zod" },
      { name: "zod mini", entry: "validation/zod-mini" },
      { name: "valibot", entry: "validation/valibot" },
      { name: "ajv compiled ahead", entry: "validation/ajv-compiled", plugins: [compiledSchema] },
      { name: "hand-written", entry: "validation/hand-written" },
    ],
  },
  {
    title: "Logger: one line per invocation",
    expectations: [{ event: {}, statusCode: 200, contains: "{}" }],
    calls: 2000,
    variants: [
      { name: "Powertools logger", entry: "logger/powertools" },
      { name: "pino", entry: "logger/pino" },
      { name: "a JSON line of listed fields", entry: "logger/json-line" },
    ],
  },
  {
    title: "Format: middy, valibot and the smithy signer in one handler",
    expectations: [{ event: { parameters }, statusCode: 202, contains: '"state":"stopping"' }],
    calls: 0,
    variants: [
      { name: "ESM", entry: "typical", format: "esm" },
      { name: "CommonJS", entry: "typical", format: "cjs" },
      { name: "ESM, built-ins on demand", entry: "typical", format: "esm-builtins" },
    ],
  },
];
