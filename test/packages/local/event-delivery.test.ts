import { expect, test } from "vitest";
import { createDelivery } from "../../../packages/local/events/delivery.ts";
import type { BusEvent } from "../../../packages/local/events/put-events.ts";

const event: BusEvent = {
  version: "0",
  id: "1",
  "detail-type": "b",
  source: "a",
  account: "000000000000",
  time: "2026-01-01T00:00:00Z",
  region: "eu-west-1",
  resources: [],
  detail: {},
};
const bus = (name: string) => ({ name, arn: `arn:${name}` });
const rule = (busName: string, ...queues: string[]) => ({
  id: `${busName}Rule`,
  busName,
  pattern: { source: ["a"] },
  targets: queues.map((name) => ({ queueName: name, queueUrl: name, message: { constant: "{}" } })),
});

/** A delivery whose log and queues do nothing until the test lets them. */
const setup = () => {
  const history: string[] = [];
  const waiting: (() => void)[] = [];
  const wait = (what: string): Promise<void> => {
    history.push(what);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const deliver = createDelivery({
    buses: [bus("ours"), bus("theirs")],
    rules: [rule("ours", "q1", "q2"), rule("theirs", "q3")],
    send: wait,
    record: () => wait("log"),
    note: (line) => history.push(line),
  });
  const release = async (): Promise<void> => {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise(setImmediate);
  };
  return { history, deliver, release };
};

test("is over when the log and every queue of the bus have the event", async () => {
  const { history, deliver, release } = setup();
  const delivery = deliver("ours", event).then(() => history.push("over"));
  expect(history).toEqual(["log"]);
  await release();
  expect(history).toEqual(["log", "q1", "q2"]);
  await release();
  await delivery;
  expect(history).toEqual(["log", "q1", "q2", "over"]);
});
