import { expect } from "vitest";
import { load } from "../../../bench/table/load.ts";
import { type Standdown, until } from "../end-to-end/end-to-end.ts";
import { awsOf } from "../end-to-end/end-to-end-aws.ts";
import { announcedIds, tableOf } from "../requests/cancel-evidence.ts";
import { type Flood, floodedOperations, type PlannedMessage } from "./cancel-flood.ts";

const operations = floodedOperations.map(({ operation }) => operation);

/** A flood that was sent: its messages by the ids that the queues gave them. */
export interface Poured {
  readonly sent: ReadonlyMap<string, PlannedMessage>;
  /** From the first message that was sent until the queues were empty. */
  readonly seconds: number;
}

export const registerAll = (standdown: Standdown, { jobs }: Flood): Promise<void> => load(tableOf(standdown), jobs);

/** Sends all messages at once, and waits until the queues have none left, neither waiting nor in flight. */
export const pour = async (standdown: Standdown, { messages }: Flood, withinMs: number): Promise<Poured> => {
  const aws = awsOf(standdown);
  const sent = new Map<string, PlannedMessage>();
  const started = performance.now();
  const sendTo = async (operation: string) => {
    const planned = messages.filter((message) => message.operation === operation);
    const ids = await aws.sendAll(
      operation,
      planned.map(({ body }) => body),
    );
    planned.forEach((message, index) => void sent.set(ids[index] ?? "", message));
  };
  await Promise.all(operations.map(sendTo));
  expect(sent.size).toBe(messages.length);
  await until(
    () => Promise.all(operations.map(aws.left)),
    (left) => left.every((count) => count === 0),
    withinMs,
  );
  const seconds = (performance.now() - started) / 1000;
  aws.stop();
  return { sent, seconds };
};

/** Waits until the bus has heard of every cancellation. `nudge` is done before each check. */
export const untilAllIsTold = async (
  standdown: Standdown,
  { events }: Flood,
  withinMs: number,
  nudge: () => Promise<unknown> = async () => {},
): Promise<void> => {
  const check = async () => ({ told: new Set(await announcedIds(standdown)).size, of: events.size });
  await until(
    () => nudge().then(check),
    ({ told, of }) => told >= of,
    withinMs,
  );
};
