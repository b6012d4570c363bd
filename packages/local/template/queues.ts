import type { LambdaFunction } from "./functions.ts";
import type { ReadableResource, TemplateReader } from "./reader.ts";
import type { Account } from "./resources.ts";

export interface Queue {
  readonly name: string;
  /** What the queue is for, such as `cancel-sql-job`. */
  readonly shortName: string;
  readonly url: string;
  readonly arn: string;
  /** As `CreateQueue` takes them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Undefined where messages are tried until they expire. */
  readonly deadLetterArn: string | undefined;
}

/** A function that is given the messages of a queue. */
export interface QueueSource {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsItemFailures: boolean;
  /** Undefined where the template leaves it to AWS. */
  readonly maximumConcurrency: number | undefined;
}

/** The properties of a queue that are attributes of the same name. */
const knownAttributes = [
  "VisibilityTimeout",
  "MessageRetentionPeriod",
  "DelaySeconds",
  "MaximumMessageSize",
  "ReceiveMessageWaitTimeSeconds",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "FifoQueue",
  "ContentBasedDeduplication",
];

export const readQueues = (reader: TemplateReader, account: Account): Queue[] => {
  const resources = reader.ofType("AWS::SQS::Queue");
  const arns = new Set(resources.map((resource) => resource.attribute("Arn")));
  return resources.map((resource): Queue => {
    const attributes = knownAttributes.flatMap((name) => {
      const value = resource.property(name);
      return value === undefined ? [] : [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
    });
    const deadLetterArn = resource.property("RedrivePolicy", "deadLetterTargetArn");
    if (deadLetterArn !== undefined && !arns.has(String(deadLetterArn))) {
      resource.fail("its dead-letter queue is no queue of the template.");
    }
    return {
      name: resource.attribute("QueueName"),
      shortName: shortName(resource, account),
      url: resource.ref(),
      arn: resource.attribute("Arn"),
      attributes: Object.fromEntries(attributes),
      deadLetterArn: deadLetterArn === undefined ? undefined : String(deadLetterArn),
    };
  });
};

/** `standdown-dev-cancel-sql-job`, or `CancelSqlJobQueue` where it has no name, is for `cancel-sql-job`. */
const shortName = (resource: ReadableResource, { stackName }: Account): string => {
  const given = resource.property("QueueName");
  const name = given === undefined ? resource.id.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase() : String(given);
  const start = name.startsWith(`${stackName}-`) ? stackName.length + 1 : 0;
  return name
    .slice(start)
    .replace(/\.fifo$/, "")
    .replace(/-queue$/, "");
};

export const readQueueSources = (reader: TemplateReader, functions: readonly LambdaFunction[]): QueueSource[] => {
  const arns = new Set(reader.ofType("AWS::SQS::Queue").map((resource) => resource.attribute("Arn")));
  const mappings = reader.ofType("AWS::Lambda::EventSourceMapping");
  return mappings.filter(isEnabled).map((mapping): QueueSource => {
    const queueArn = mapping.string("EventSourceArn");
    if (!arns.has(queueArn)) mapping.fail("its event source is no queue of the template.");
    if (mapping.property("FilterCriteria") !== undefined) mapping.fail("FilterCriteria cannot be applied locally.");
    const given = mapping.string("FunctionName");
    const target = functions.find(({ arn, name }) => arn === given || name === given);
    if (target === undefined) return mapping.fail("its target is no function of the template.");
    const responseTypes = mapping.property("FunctionResponseTypes");
    const maximumConcurrency = mapping.number(["ScalingConfig", "MaximumConcurrency"], 0);
    return {
      queueArn,
      functionName: target.name,
      batchSize: mapping.number(["BatchSize"], 10),
      batchingWindowSeconds: mapping.number(["MaximumBatchingWindowInSeconds"], 0),
      reportsItemFailures: Array.isArray(responseTypes) && responseTypes.includes("ReportBatchItemFailures"),
      maximumConcurrency: maximumConcurrency || undefined,
    };
  });
};

const isEnabled = (mapping: ReadableResource): boolean => String(mapping.property("Enabled") ?? true) !== "false";
