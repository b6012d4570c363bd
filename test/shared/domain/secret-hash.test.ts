import { scryptSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../shared/domain/secret.ts";
import { matchesSecret, secretHash } from "../../../shared/domain/secret-hash.ts";

const secret = new Secret("correct horse");

// What is in the table must go on to match: neither the parameters of scrypt nor the salt may change.
test("a secret is kept as 24 bytes of scrypt in base64url, with the job's key as salt", async () => {
  const expected = scryptSync("correct horse", "standdown:KEY", 24, { N: 16384 }).toString("base64url");
  expect(await secretHash(secret, "KEY")).toBe(expected);
});

describe("a secret matches the hash", () => {
  test("that was made of it for this job", async () => {
    expect(await matchesSecret(secret, "KEY", await secretHash(secret, "KEY"))).toBe(true);
  });

  test.each([
    ["of another secret", () => secretHash(new Secret("battery staple"), "KEY")],
    ["of another job", () => secretHash(secret, "YEK")],
    ["cut short", async () => (await secretHash(secret, "KEY")).slice(0, -1)],
    ["that is empty", async () => ""],
  ])("and not one %s", async (_, hash) => {
    expect(await matchesSecret(secret, "KEY", await hash())).toBe(false);
  });
});
