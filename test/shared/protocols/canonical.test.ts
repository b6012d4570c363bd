import { describe, expect, test } from "vitest";
import { canonicalHeaders, canonicalQuery, encode } from "../../../shared/protocols/canonical.ts";

// RFC 3986, 2.3: unreserved are letters, digits, hyphen, period, underscore and tilde; 2.1: hex digits in upper case.
test.each([
  ["", ""],
  ["AZaz09-._~", "AZaz09-._~"],
  ["a b", "a%20b"],
  ["a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"],
  ["!'()*", "%21%27%28%29%2A"],
  ["é", "%C3%A9"],
  ["%41", "%2541"],
])("%j is encoded as %s", (text, encoded) => {
  expect(encode(text)).toBe(encoded);
});

test.each([
  [{}, ""],
  [{ a: "1" }, "a=1"],
  [{ b: "2", a: "1", B: "3" }, "B=3&a=1&b=2"],
  [{ "a b": "c d", empty: "" }, "a%20b=c%20d&empty="],
])("the canonical query of %o is %j", (parameters, query) => {
  expect(canonicalQuery(parameters)).toBe(query);
});

describe("canonical headers", () => {
  const headers = {
    host: "h",
    "x-date": " \t d\t ",
    empty: "",
    absent: undefined,
    "no-break": "\u00a0d",
    control: "d\u0000",
    next: "d\u0085",
    feed: "d\n",
    accent: "é",
  };

  test.each<[string, string | undefined]>([
    ["host", "host:h\n"],
    ["x-date host", "x-date:d\nhost:h\n"],
    ["empty", "empty:\n"],
    ["host missing", undefined],
    ["absent", undefined],
    ["toString", undefined],
    ["host host", undefined],
    ["no-break", undefined],
    ["control", undefined],
    ["next", undefined],
    ["feed", undefined],
    ["accent", "accent:é\n"],
  ])("of the signed %s are %j", (names, lines) => {
    expect(canonicalHeaders(names.split(" "), headers)).toBe(lines);
  });

  test("of none are none", () => {
    expect(canonicalHeaders([], headers)).toBe("");
  });
});
