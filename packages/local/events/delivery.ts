import { matchesPattern } from "../template/event-pattern.ts";
import type { EventBus, EventRule, EventTarget } from "../template/event-rules.ts";
import { isRecord } from "../template/intrinsics.ts";
import type { BusEvent } from "./put-events.ts";

export interface DeliveryOptions {
  readonly buses: readonly EventBus[];
  readonly rules: readonly EventRule[];
  readonly send: (queueUrl: string, body: string) => Promise<unknown>;
  /** Keeps an event that a bus has taken. */
  readonly record: (event: BusEvent) => Promise<void>;
  readonly note: (line: string) => void;
}

export type Deliver = (busName: string, event: BusEvent) => Promise<void>;

/**
 * Brings events to the queues of the rules that match. As on AWS the publisher never hears of what goes wrong from here
 * on; it is noted instead, and, unlike there, not tried again.
 */
export const createDelivery = ({ buses, rules, send, record, note }: DeliveryOptions): Deliver => {
  const deliverTo = async (rule: EventRule, { queueName, queueUrl, message }: EventTarget, event: BusEvent) => {
    try {
      await send(queueUrl, "constant" in message ? message.constant : partOf(event, message.path));
    } catch (error) {
      note(`${rule.id} cannot deliver event ${event.id} to ${queueName}: ${(error as Error).message}`);
    }
  };

  return async (busName, event) => {
    if (!buses.some(({ name }) => name === busName)) {
      note(`event ${event.id} (${event["detail-type"]}) is dropped, as AWS does it: there is no bus ${busName}`);
      return;
    }
    await record(event);
    const matching = rules.filter((rule) => rule.busName === busName && matchesPattern(rule.pattern, event));
    await Promise.all(matching.flatMap((rule) => rule.targets.map((target) => deliverTo(rule, target, event))));
  };
};

const partOf = (event: BusEvent, path: readonly string[]): string => {
  const part = path.reduce<unknown>((parent, field) => (isRecord(parent) ? parent[field] : undefined), event);
  if (part === undefined) throw new Error(`it has nothing at ${["$", ...path].join(".")}.`);
  return JSON.stringify(part);
};
