import { expect, test } from "vitest";
import { isKeyed, keyedRegistration } from "../../../shared/domain/registration-id.ts";

test("a registration with a key is that of a principal, a job and the key, and may be sent again", () => {
  const registration = keyedRegistration("etl", "nightly", "k1");
  expect(registration).toBe("etl nightly k1");
  expect(isKeyed(registration)).toBe(true);
});

test("one without a key may not", () => {
  expect(isKeyed("Jq0m3nVb_-Ee")).toBe(false);
});
