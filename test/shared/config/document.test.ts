import { describe, expect, test } from "vitest";
import { directoryOf } from "../../../shared/auth/directory.ts";
import { ConfigError, parseConfig } from "../../../shared/config/document.ts";
import { readEnvironment } from "../../../shared/config/environment.ts";

const everything = { effect: "allow", actions: ["*"], resources: ["*"] };
const parse = (principals: unknown) => parseConfig("test", JSON.stringify({ principals }));

describe("the configuration document", () => {
  test("tells all of its faults at once, by place and without values", () => {
    const document = {
      principals: [
        { name: "", policies: [{ effect: "permit", actions: [], resources: ["*"] }] },
        { account: 12, tokens: [{ sha256: "canary" }], policies: "all", color: "red" },
      ],
      principal: [],
    };
    let fault: unknown;
    try {
      parseConfig("config.json", JSON.stringify(document));
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(ConfigError);
    const { message } = fault as ConfigError;
    for (const place of [
      "principals.0.name must be",
      "principals.0.policies.0.effect must be allow or deny",
      "principals.0.policies.0.actions must be at least one pattern",
      "principals.1.name is missing",
      "principals.1.account must be digits",
      "principals.1.tokens.0.sha256 must be 64 hex digits",
      "principals.1.policies must be",
      "principals.1.color must be left out: it is not known here",
      "principal must be left out: it is not known here",
    ])
      expect(message).toContain(place);
    expect(message).not.toContain("canary");
  });

  test.each(["", "{", "[]", "null", "{}"])("refuses %j", (text) => {
    expect(() => parseConfig("test", text)).toThrow(ConfigError);
  });
});

describe("the directory", () => {
  const sha256OfT3 = "cece8a9cecfb6c7e7ee4f3346d5e2544138bfb6e33bec6042a17333a4d3180b0";
  const directory = directoryOf(
    parse([
      {
        name: "a",
        account: "1",
        tokens: [{ value: "t1", expires: "2026-11-22T10:00:00Z", projects: ["p"] }],
        policies: [everything],
      },
      { name: "b", tokens: [{ sha256: sha256OfT3.toUpperCase() }], policies: [] },
      { name: "c", policies: [] },
    ]),
  );
  const expiry = Date.parse("2026-11-22T10:00:00Z");

  test("finds a principal by its token until that expires", () => {
    expect(directory.byToken("t1", expiry - 1)).toMatchObject({ name: "a", account: "1", projects: ["p"] });
    expect(directory.byToken("t1", expiry)).toBeUndefined();
    expect(directory.byToken("t3", 0)).toMatchObject({ name: "b" });
    expect(directory.byToken("t2", 0)).toBeUndefined();
    expect(directory.byToken("", 0)).toBeUndefined();
  });
});

describe("the environment", () => {
  test("tells everything that is missing at once", () => {
    expect(() => readEnvironment({})).toThrow(
      "TABLE_NAME, STANDDOWN_CONFIG, FOLLOW_UP_QUEUE_URL, EVENT_BUS_NAME, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    );
  });

  test("takes endpoints that stand in for AWS's", () => {
    const env = {
      TABLE_NAME: "t",
      STANDDOWN_CONFIG: "c",
      FOLLOW_UP_QUEUE_URL: "http://127.0.0.1:2/0/follow-ups",
      EVENT_BUS_NAME: "b",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: "st",
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
    };
    expect(readEnvironment(env)).toMatchObject({
      table: "t",
      aws: { credentials: { sessionToken: "st" }, endpoints: { dynamodb: "http://127.0.0.1:1" } },
    });
  });
});
