import { expect, test } from "vitest";
import { earliest, sentAt, sentFirstAt } from "../../../shared/domain/message-time.ts";

const sent = (SentTimestamp: string) => {
  const attributes = {
    SentTimestamp,
    ApproximateReceiveCount: "1",
    SenderId: "",
    ApproximateFirstReceiveTimestamp: "9",
  };
  return sentAt({ attributes });
};

test("a message says when it was sent, and one that says something else says nothing", () => {
  expect(sent("1795341600000")).toBe(1_795_341_600_000);
  expect(sent("0")).toBe(0);
  expect(sent("yesterday")).toBeUndefined();
});

test.each([
  ["2026-11-22T10:00:00.000Z", 1_795_341_600_000],
  ["yesterday", undefined],
  ["", undefined],
])("a message that came back from a dead-letter queue with SentAt %j was sent first at %s", (stringValue, at) => {
  const SentAt = { stringValue, dataType: "String" } as const;
  expect(sentFirstAt({ messageAttributes: { SentAt } })).toBe(at);
});

test("any other message says nothing of that", () => {
  expect(sentFirstAt({ messageAttributes: {} })).toBeUndefined();
});

test.each([
  [[3, 1, 2], 1],
  [[undefined, 2], 2],
  [[0, 1], 0],
  [[undefined], undefined],
  [[], undefined],
])("the earliest of %j is %s", (moments, first) => {
  expect(earliest(...moments)).toBe(first);
});
