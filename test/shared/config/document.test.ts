import { describe, expect, test } from "vitest";
import { createCredentialStore } from "../../../shared/auth/credential-store.ts";
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

describe("the credentials", () => {
  const sha256OfT3 = "cece8a9cecfb6c7e7ee4f3346d5e2544138bfb6e33bec6042a17333a4d3180b0";
  const credentials = createCredentialStore(
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
    expect(credentials.byToken("t1", expiry - 1)).toMatchObject({ name: "a", account: "1", projects: ["p"] });
    expect(credentials.byToken("t1", expiry)).toBeUndefined();
    expect(credentials.byToken("t3", 0)).toMatchObject({ name: "b" });
    expect(credentials.byToken("t2", 0)).toBeUndefined();
    expect(credentials.byToken("", 0)).toBeUndefined();
  });
});

describe("what presents nothing", () => {
  const credentials = createCredentialStore(
    parse([
      { name: "people", policies: [everything], tokens: [{ value: "t" }] },
      { name: "events", account: "7", triggers: ["http", "queue"], policies: [] },
    ]),
  );

  test("comes in as the principal that names its trigger", () => {
    const events = { name: "events", account: "7", triggers: ["http", "queue"], policies: [] };
    expect(credentials.byTrigger("queue")).toEqual(events);
  });

  test("comes in as nobody where no principal names it", () => {
    expect(credentials.byTrigger("schedule")).toBeUndefined();
  });

  test("comes in by a trigger that there is", () => {
    const fault = "principals.0.triggers.1 must be http, queue or schedule";
    expect(() => parse([{ name: "a", triggers: ["queue", "elsewhere"], policies: [] }])).toThrow(fault);
  });
});

describe("the environment", () => {
  test("tells everything that is missing at once", () => {
    expect(() => readEnvironment({})).toThrow(
      "STANDDOWN_TABLE, STANDDOWN_CONFIG, STANDDOWN_RECONCILE_QUEUE_URL, STANDDOWN_EVENT_BUS, STANDDOWN_METRICS_NAMESPACE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    );
  });

  const env = {
    STANDDOWN_TABLE: "t",
    STANDDOWN_CONFIG: "c",
    STANDDOWN_RECONCILE_QUEUE_URL: "http://127.0.0.1:2/0/reconcile",
    STANDDOWN_EVENT_BUS: "b",
    STANDDOWN_METRICS_NAMESPACE: "standdown-test",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "s",
  };

  test("of a function that needs nothing more has nothing more", () => {
    expect(readEnvironment(env)).toEqual({
      table: "t",
      config: "c",
      reconcileQueue: "http://127.0.0.1:2/0/reconcile",
      eventBus: "b",
      metricsNamespace: "standdown-test",
      aws: { region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "s" }, endpoints: {} },
    });
  });

  test("takes endpoints that stand in for AWS's", () => {
    const endpoints = {
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_EVENTBRIDGE: "http://127.0.0.1:2",
      AWS_ENDPOINT_URL_SECRETSMANAGER: "http://127.0.0.1:3",
      AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:4",
      AWS_ENDPOINT_URL_SSM: "",
    };
    expect(readEnvironment({ ...env, ...endpoints, AWS_SESSION_TOKEN: "st" })).toMatchObject({
      table: "t",
      aws: {
        credentials: { sessionToken: "st" },
        endpoints: {
          dynamodb: "http://127.0.0.1:1",
          events: "http://127.0.0.1:2",
          secretsmanager: "http://127.0.0.1:3",
          sqs: "http://127.0.0.1:4",
        },
      },
    });
  });

  test("of a function behind a queue names that queue and its dead letters, or neither", () => {
    const queues = {
      STANDDOWN_QUEUE_URL: "http://127.0.0.1:4/0/q",
      STANDDOWN_DEAD_LETTER_QUEUE_URL: "http://127.0.0.1:4/0/dead",
    };
    expect(readEnvironment({ ...env, ...queues })).toMatchObject({
      queue: { queue: "http://127.0.0.1:4/0/q", deadLetters: "http://127.0.0.1:4/0/dead" },
    });
    const { STANDDOWN_DEAD_LETTER_QUEUE_URL: _, ...half } = queues;
    expect(() => readEnvironment({ ...env, ...half, STANDDOWN_EVENT_BUS: "" })).toThrow(
      "missing: STANDDOWN_EVENT_BUS, STANDDOWN_DEAD_LETTER_QUEUE_URL",
    );
  });

  test("may name a file with passwords", () => {
    expect(readEnvironment({ ...env, STANDDOWN_SECRETS: "passwords.json" })).toMatchObject({
      secrets: "passwords.json",
    });
  });
});
