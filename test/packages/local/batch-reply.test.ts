import { expect, test } from "vitest";
import { failedMessages } from "../../../packages/local/sqs/batch-reply.ts";

const batch = new Set(["a", "b"]);
const failing = (...ids: unknown[]): string =>
  JSON.stringify({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

test.each([
  ["null", []],
  ["{}", []],
  ['{"batchItemFailures":null}', []],
  ['{"batchItemFailures":[]}', []],
  [failing("b"), ["b"]],
  [failing("a", "b", "a"), ["a", "b"]],
])("%s names the messages that stay", (payload, ids) => {
  expect(failedMessages(payload, batch)).toEqual(new Set(ids));
});

test.each([
  "",
  "{",
  '"done"',
  "[]",
  '{"batchItemFailures":"a"}',
  '{"batchItemFailures":["a"]}',
  '{"batchItemFailures":[{"messageId":"a"}]}',
  failing(""),
  failing(null),
  failing(1),
  failing("a", "c"),
])("%s is malformed", (payload) => {
  expect(failedMessages(payload, batch)).toBeUndefined();
});
