import { readFile } from "node:fs/promises";
import path from "node:path";
import type { TableProperties } from "../dynamodb/table.ts";
import { type EventBus, type EventRule, readEventBuses, readEventRules } from "./event-rules.ts";
import { type LambdaFunction, readFunctions } from "./functions.ts";
import { type Queue, type QueueSource, readQueueSources, readQueues } from "./queues.ts";
import { createReader, type ReadableResource, type TemplateReader } from "./reader.ts";
import type { Account, Template } from "./resources.ts";
import { type BundledSchedule, readSchedules } from "./schedules.ts";

/** What `serverless package` made, with every reference resolved. */
export interface Bundle {
  readonly functions: readonly LambdaFunction[];
  readonly routes: readonly BundledRoute[];
  readonly tables: readonly { readonly name: string; readonly properties: TableProperties }[];
  readonly queues: readonly Queue[];
  readonly queueSources: readonly QueueSource[];
  readonly schedules: readonly BundledSchedule[];
  readonly buses: readonly EventBus[];
  readonly eventRules: readonly EventRule[];
}

export interface BundledRoute {
  /** Such as `DELETE /v1.0/{project_id}/jobs/{job_id}` or `$default`. */
  readonly key: string;
  readonly functionName: string;
}

/** Reads the packaged template, which is beside the zips in `directory`. */
export const readTemplate = async (directory: string): Promise<Template> => {
  const file = path.join(directory, "cloudformation-template-update-stack.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`There is no packaged template at ${file}; run "npm run package" first.`, { cause });
  });
  return JSON.parse(text);
};

/** Whether the template has queues: their server must run before their URLs are known. */
export const hasQueues = ({ Resources }: Template): boolean =>
  Object.values(Resources).some(({ Type }) => Type === "AWS::SQS::Queue");

export const describeBundle = (template: Template, directory: string, account: Account): Bundle => {
  const reader = createReader(template, account);

  const functions = readFunctions(reader, directory, account);
  const tables = reader.ofType("AWS::DynamoDB::Table").map((resource) => {
    return { name: resource.ref(), properties: resource.property() as TableProperties };
  });

  const queues = readQueues(reader, account);
  const buses = readEventBuses(reader);

  return {
    functions,
    routes: readRoutes(reader, functions),
    tables,
    queues,
    queueSources: readQueueSources(reader, functions),
    schedules: readSchedules(reader, functions),
    buses,
    eventRules: readEventRules(reader, buses, queues),
  };
};

const readRoutes = (reader: TemplateReader, functions: readonly LambdaFunction[]): BundledRoute[] => {
  const integrations = new Map<string, ReadableResource>(
    reader
      .ofType("AWS::ApiGatewayV2::Integration")
      .map((integration) => [`integrations/${integration.ref()}`, integration]),
  );
  return reader.ofType("AWS::ApiGatewayV2::Route").map((route): BundledRoute => {
    const uri = integrations.get(route.string("Target"))?.string("IntegrationUri");
    const target = functions.find(({ arn }) => arn === uri);
    if (target === undefined) return route.fail("its target is no function of the template.");
    return { key: route.string("RouteKey"), functionName: target.name };
  });
};
