import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../../shared/config/document.ts";

const faultsOf = (text: string): readonly string[] => {
  try {
    parseConfig("test", text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.replace("  - ", ""));
  }
  return [];
};
const faultsIn = (document: object) => faultsOf(JSON.stringify(document));

const policies: readonly object[] = [];
const digest = createHash("sha256").update("canary-token").digest("hex");
const principals = (...given: readonly object[]) => ({
  principals: given.map((each, index) => ({ name: `p${index}`, policies, ...each })),
});

describe("a document that gives twice what can only be given once", () => {
  test.each<[string, object, string]>([
    [
      "the same token in two principals",
      principals({ tokens: [{ value: "canary-token" }] }, { tokens: [{ value: "canary-token" }] }),
      "principals.1.tokens.0 gives the token of principals.0.tokens.0 again",
    ],
    [
      "a token with limits and again without",
      principals({ tokens: [{ value: "canary-token", projects: ["p"] }, { value: "canary-token" }] }),
      "principals.0.tokens.1 gives the token of principals.0.tokens.0 again",
    ],
    [
      "a token once as text and once as its digest",
      principals({ tokens: [{ value: "canary-token" }] }, { tokens: [{ sha256: digest.toUpperCase() }] }),
      "principals.1.tokens.0 gives the token of principals.0.tokens.0 again",
    ],
    [
      "an access key id",
      principals(
        { accessKeys: [{ id: "canary-id", secret: "a" }] },
        { accessKeys: [{ id: "canary-id", secret: "b" }] },
      ),
      "principals.1.accessKeys.0.id gives the access key id of principals.0.accessKeys.0.id again",
    ],
    [
      "a name, in another account too",
      principals({ name: "ops", account: "21" }, { name: "ops", account: "22" }),
      "principals.1.name gives the name of principals.0.name again",
    ],
    [
      "a trigger that nothing tells principals apart by",
      principals({ triggers: ["queue"] }, { triggers: ["http", "queue"] }),
      "principals.1.triggers gives the trigger queue of principals.0.triggers again",
    ],
    [
      "a sender that two principals have",
      principals(
        { triggers: ["queue"], senders: ["AIDA1", "AROA1:*"] },
        { triggers: ["queue"], senders: ["*:session"] },
      ),
      "principals.1.senders has a sender of principals.0.senders too",
    ],
    [
      "senders of a principal that no queue stands for",
      principals({ triggers: ["schedule"], senders: ["AIDA1"] }),
      "principals.0.senders needs the trigger queue",
    ],
  ])("is refused for %s", (_, document, fault) => {
    expect(faultsIn(document)).toEqual([fault]);
    expect(faultsIn(document).join()).not.toContain("canary");
  });

  test("is refused for a member of one object, wherever it stands and however it is spelled", () => {
    const twice = String.raw`{"principals":[{"name":"a","policies":[],"polici\u0065s":[]}],"queues":{},"queues":{}}`;
    expect(faultsOf(twice)).toEqual([
      'the member "policies" is given twice in one object',
      'the member "queues" is given twice in one object',
    ]);
  });

  test("is taken where the same name stands in two objects, and where texts look like members", () => {
    const odd = { name: 'a","name":"b"', policies };
    expect(faultsIn({ principals: [odd, { name: "{", policies }, { name: "]", policies }] })).toEqual([]);
  });

  test("is taken for principals of several senders, and one of all others", () => {
    const sentBy = (...senders: readonly string[]) => ({ triggers: ["queue"], senders });
    const others = { triggers: ["queue", "schedule"] };
    expect(faultsIn(principals(sentBy("AIDA1"), others, sentBy("AIDA2", "AROA1:*")))).toEqual([]);
  });

  test("is taken for several principals that come by HTTP", () => {
    expect(faultsIn(principals({ triggers: ["http"] }, { triggers: ["http", "queue", "queue"] }))).toEqual([]);
  });
});

describe("a document with what can mean nothing", () => {
  test.each<[string, object, string]>([
    [
      "a token of one blank",
      principals({ tokens: [{ value: " " }] }),
      "principals.0.tokens.0.value must be printable ASCII characters, without blanks",
    ],
    [
      "the digest of no text",
      principals({ tokens: [{ sha256: createHash("sha256").digest("hex") }] }),
      "principals.0.tokens.0.sha256 must be the digest of a token: this is that of no text",
    ],
    [
      "a day that no calendar has",
      principals({ tokens: [{ value: "canary-token", expires: "2027-02-31T00:00:00Z" }] }),
      "principals.0.tokens.0.expires must be a day that the calendar has",
    ],
    [
      "a wildcard where none is read",
      principals({ tokens: [{ value: "canary-token", projects: ["*"] }] }),
      "principals.0.tokens.0.projects.0 must be a name: a * is no wildcard here and reaches nothing",
    ],
    [
      "a key id that no header can carry",
      principals({ accessKeys: [{ id: "a b", secret: "s" }] }),
      "principals.0.accessKeys.0.id must be printable ASCII characters, without blanks",
    ],
    [
      "seconds that lead to no date",
      { ...principals(), queues: { tombstoneSeconds: 1e15 } },
      "queues.tombstoneSeconds must be whole seconds from 1 to a year",
    ],
  ])("is refused for %s", (_, document, fault) => {
    expect(faultsIn(document)).toContain(fault);
  });

  test("is taken with a leap day and with an offset", () => {
    const tokens = ["2028-02-29T00:00:00Z", "2027-12-31T23:59:59+08:00"].map((expires, n) => ({
      value: `t${n}`,
      expires,
    }));
    expect(faultsIn(principals({ tokens }))).toEqual([]);
  });
});
