import { type EventPattern, parsePattern } from "./event-pattern.ts";
import { isRecord } from "./intrinsics.ts";
import type { Queue } from "./queues.ts";
import type { ReadableResource, TemplateReader } from "./reader.ts";
import { isEnabled, jsonInput } from "./rule-properties.ts";

export interface EventBus {
  readonly name: string;
  readonly arn: string;
}

/** A rule that brings the events of a bus to queues. */
export interface EventRule {
  readonly id: string;
  readonly busName: string;
  readonly pattern: EventPattern;
  readonly targets: readonly EventTarget[];
}

export interface EventTarget {
  readonly queueName: string;
  readonly queueUrl: string;
  readonly message: TargetMessage;
}

/** Always the same JSON, or the part of the event to which the fields lead: without any, all of it. */
export type TargetMessage = { readonly constant: string } | { readonly path: readonly string[] };

export const readEventBuses = (reader: TemplateReader): EventBus[] =>
  reader.ofType("AWS::Events::EventBus").map((bus) => ({ name: bus.ref(), arn: bus.attribute("Arn") }));

/** Reads the enabled rules that have an event pattern. */
export const readEventRules = (
  reader: TemplateReader,
  buses: readonly EventBus[],
  queues: readonly Queue[],
): EventRule[] => {
  const rules = reader.ofType("AWS::Events::Rule").filter(isEnabled).filter(hasPattern);
  return rules.map((rule): EventRule => {
    const given = rule.property("EventBusName");
    const bus = buses.find(({ name, arn }) => name === given || arn === given);
    if (bus === undefined) return rule.fail("its bus is no bus of the template.");
    const targets = rule.property("Targets");
    return {
      id: rule.id,
      busName: bus.name,
      pattern: patternOf(rule),
      targets: (Array.isArray(targets) ? targets : []).map((target) => readTarget(rule, target, queues)),
    };
  });
};

const hasPattern = (rule: ReadableResource): boolean => rule.property("EventPattern") !== undefined;

/** As an object, or as JSON in a string: CloudFormation takes `null` only there. */
const patternOf = (rule: ReadableResource): EventPattern => {
  const pattern = rule.property("EventPattern");
  return parsePattern(typeof pattern === "string" ? parseJson(rule, pattern) : pattern, rule.fail);
};

const parseJson = (rule: ReadableResource, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return rule.fail(`EventPattern is no JSON: ${text}`);
  }
};

/** What a target may say; what it says of roles, retries and dead letters has no meaning here. */
const knownProperties = ["Arn", "Id", "Input", "InputPath", "RoleArn", "RetryPolicy", "DeadLetterConfig"];

const readTarget = (rule: ReadableResource, target: unknown, queues: readonly Queue[]): EventTarget => {
  const { Arn, Input, InputPath, ...others } = isRecord(target) ? target : {};
  const queue = queues.find(({ arn }) => arn === Arn);
  if (queue === undefined) return rule.fail("its target is no queue of the template.");
  const unknown = Object.keys(others).find((name) => !knownProperties.includes(name));
  if (unknown !== undefined) rule.fail(`${unknown} cannot be applied locally; use Input or InputPath.`);
  if (Input !== undefined && InputPath !== undefined) rule.fail("Input and InputPath exclude each other.");
  const message =
    Input === undefined ? { path: fieldsOf(rule, InputPath ?? "$") } : { constant: jsonInput(rule, Input) };
  return { queueName: queue.name, queueUrl: queue.url, message };
};

/** `$.detail.job` leads to the field `job` of `detail`. */
const fieldsOf = (rule: ReadableResource, path: unknown): string[] =>
  /^\$(\.[\w-]+)*$/.test(String(path))
    ? String(path).split(".").slice(1)
    : rule.fail(`InputPath ${path} cannot be applied locally; only $ and names of fields, as in $.detail, are.`);
