import { expect, test } from "vitest";
import { recompute } from "./captured-messages.ts";
import { headersOf, signedCaptures } from "./captures.ts";
import { digest } from "./signer.ts";

test("there are captures of every scheme but SM3's", () => {
  const kinds = signedCaptures.map((capture) => headersOf(capture).authorization?.split(/(?<==)|;/)[0] ?? "version 1");
  expect(new Set(kinds)).toEqual(
    new Set([
      "ACS3-HMAC-SHA256 Credential=",
      "version 1",
      "SDK-HMAC-SHA256 Access=",
      "SDK-HMAC-SHA256 Credential=",
      "V11-HMAC-SHA256 Credential=",
    ]),
  );
});

test.each(signedCaptures)("the signer of the tests makes the signature of $name", (capture) => {
  const { signature, sent } = recompute(capture);
  expect(signature).toBe(sent);
});

test("SM3, of which there is no capture, is the standard's", () => {
  expect(digest("sm3", "abc")).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
});
