import { expect, test } from "vitest";
import { timestamp, timestampOrNull } from "../../../shared/domain/timestamp.ts";
import { now } from "../../support/stack/jobs.ts";

test("a moment is written in UTC, with milliseconds", () => {
  expect(timestamp(now)).toBe("2026-11-22T10:00:00.000Z");
  expect(timestampOrNull(now + 1)).toBe("2026-11-22T10:00:00.001Z");
});

test("a moment that has not come is null, and the first one of all is not", () => {
  expect(timestampOrNull(undefined)).toBeNull();
  expect(timestampOrNull(0)).toBe("1970-01-01T00:00:00.000Z");
});
