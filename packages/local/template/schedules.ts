import { parseSchedule, type Schedule } from "../schedule-expression/schedule.ts";
import type { LambdaFunction } from "./functions.ts";
import { isRecord } from "./intrinsics.ts";
import type { ReadableResource, TemplateReader } from "./reader.ts";
import { isEnabled, jsonInput } from "./rule-properties.ts";

/** A rule, and the functions that it starts. */
export interface BundledSchedule {
  readonly id: string;
  readonly arn: string;
  /** Who sends the event where the template gives no input. */
  readonly source: "aws.events" | "aws.scheduler";
  readonly schedule: Schedule;
  readonly targets: readonly ScheduleTarget[];
}

export interface ScheduleTarget {
  readonly functionName: string;
  /** The event as JSON; a scheduled event is made up where it is absent. */
  readonly input: string | undefined;
}

/** Reads the enabled rules that have a schedule. */
export const readSchedules = (reader: TemplateReader, functions: readonly LambdaFunction[]): BundledSchedule[] => {
  const targetOf = (resource: ReadableResource, target: unknown): ScheduleTarget => {
    const { Arn, Input, ...others } = isRecord(target) ? target : {};
    const lambda = functions.find(({ arn }) => arn === Arn);
    if (lambda === undefined) return resource.fail("its target is no function of the template.");
    for (const name of ["InputPath", "InputTransformer"]) {
      if (others[name] !== undefined) resource.fail(`${name} cannot be applied locally; use Input.`);
    }
    return { functionName: lambda.name, input: Input === undefined ? undefined : jsonInput(resource, Input) };
  };

  const rules = reader.ofType("AWS::Events::Rule").filter(isEnabled).filter(isScheduled);
  const schedules = reader.ofType("AWS::Scheduler::Schedule").filter(isEnabled);
  return [
    ...rules.map((rule): BundledSchedule => {
      const targets = rule.property("Targets");
      return {
        ...timeOf(rule),
        source: "aws.events",
        targets: (Array.isArray(targets) ? targets : []).map((target) => targetOf(rule, target)),
      };
    }),
    ...schedules.map((schedule): BundledSchedule => {
      const zone = schedule.property("ScheduleExpressionTimezone") ?? "UTC";
      if (zone !== "UTC") schedule.fail(`the time zone ${zone} cannot be kept locally; use UTC.`);
      return {
        ...timeOf(schedule),
        source: "aws.scheduler",
        targets: [targetOf(schedule, schedule.property("Target"))],
      };
    }),
  ];
};

const isScheduled = (rule: ReadableResource): boolean => rule.property("ScheduleExpression") !== undefined;

const timeOf = (resource: ReadableResource): Pick<BundledSchedule, "id" | "arn" | "schedule"> => {
  const expression = resource.string("ScheduleExpression");
  const schedule = parseSchedule(expression, (problem) => resource.fail(`${expression}: ${problem}`));
  return { id: resource.id, arn: resource.attribute("Arn"), schedule };
};
