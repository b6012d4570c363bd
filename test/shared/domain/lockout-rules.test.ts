import { expect, test } from "vitest";
import { lockMs, toleratedFailures } from "../../../shared/domain/lockout-rules.ts";

// Both are told to the outside: docs/decisions/0009, and the message of Alibaba Cloud's that names five minutes.
test("a key is locked for five minutes after more than five wrong signatures in a row", () => {
  expect({ toleratedFailures, minutes: lockMs / 60_000 }).toEqual({ toleratedFailures: 5, minutes: 5 });
});
