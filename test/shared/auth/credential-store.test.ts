import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createCredentialStore } from "../../../shared/auth/credential-store.ts";
import { now } from "../../support/stack/jobs.ts";

type Entry = Parameters<typeof createCredentialStore>[0]["principals"][number];

const policies = [{ effect: "allow" as const, actions: ["*"], resources: ["*"] }];
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const credentials = (...entries: Entry[]) => createCredentialStore({ principals: entries });
const at = (instant: number) => new Date(instant).toISOString();

describe("a token", () => {
  test.each<[string, NonNullable<Entry["tokens"]>[number]]>([
    ["its text", { value: "t0ken" }],
    ["its SHA-256", { sha256: sha256("t0ken") }],
    ["its SHA-256 in capitals", { sha256: sha256("t0ken").toUpperCase() }],
  ])("that the configuration has by %s finds its principal", (_, token) => {
    const { byToken } = credentials(
      { name: "other", policies, tokens: [{ value: "x" }] },
      { name: "ops", policies, tokens: [token] },
    );
    expect(byToken("t0ken", now)).toStrictEqual({ name: "ops", policies });
    expect(byToken("T0ken", now)).toBeUndefined();
    expect(byToken("", now)).toBeUndefined();
  });

  test("gives its principal all that the configuration says, and its own projects", () => {
    const entry: Entry = {
      name: "ops",
      policies,
      account: "1",
      triggers: ["http"],
      tokens: [{ value: "a", projects: ["p"] }, { value: "b" }],
    };
    const { byToken } = credentials(entry);
    expect(byToken("a", now)).toStrictEqual({
      name: "ops",
      policies,
      account: "1",
      triggers: ["http"],
      projects: ["p"],
    });
    expect(byToken("b", now)).toStrictEqual({ name: "ops", policies, account: "1", triggers: ["http"] });
  });
});

describe("an access key", () => {
  const keys = [
    { id: "AK", secret: "s", projects: ["p"] },
    { id: "STS", secret: "t", securityToken: "session" },
  ];

  test("finds its principal and its secret", () => {
    const key = credentials({ name: "sdk", policies, accessKeys: keys }).byKey("AK", now);
    expect(key?.principal).toStrictEqual({ name: "sdk", policies, projects: ["p"] });
    expect(key?.secret.reveal()).toBe("s");
    expect(key).not.toHaveProperty("securityToken");
  });

  test("that is temporary has a security token", () => {
    expect(credentials({ name: "sdk", policies, accessKeys: keys }).byKey("STS", now)?.securityToken).toBe("session");
  });

  test("that nobody holds is unknown", () => {
    expect(credentials({ name: "sdk", policies }).byKey("AK", now)).toBeUndefined();
  });
});

describe("what expires", () => {
  const expires = at(now);
  const { byToken, byKey } = credentials({
    name: "ops",
    policies,
    tokens: [{ value: "t", expires }],
    accessKeys: [{ id: "AK", secret: "s", expires }],
  });

  test.each([
    [now - 1, "ops"],
    [now, undefined],
    [now + 1, undefined],
  ])("is known until then: at %d it finds %s", (instant, name) => {
    expect(byToken("t", instant)?.name).toBe(name);
    expect(byKey("AK", instant)?.principal.name).toBe(name);
  });
});

describe("a request that presents nothing", () => {
  const { byTrigger } = credentials(
    { name: "everywhere", policies },
    { name: "sweeper", policies, account: "1", triggers: ["schedule"] },
    { name: "second", policies, triggers: ["schedule", "queue"] },
  );

  test("comes as the first principal that names its trigger", () => {
    expect(byTrigger("schedule")).toStrictEqual({ name: "sweeper", policies, account: "1", triggers: ["schedule"] });
    expect(byTrigger("queue")?.name).toBe("second");
  });

  test("comes by the queue as the principal that names its sender, else as the one that names none", () => {
    const sentBy = (name: string, ...senders: readonly string[]) => ({
      name,
      policies,
      triggers: ["queue" as const],
      senders,
    });
    const others = { name: "others", policies, triggers: ["queue" as const] };
    const by = credentials(sentBy("alice", "AIDA1", "AROA1:*"), others, sentBy("bob", "AIDA2")).byTrigger;
    const senders = ["AIDA1", "AROA1:i-1", "AIDA2", "AIDA3", "", undefined];
    expect(senders.map((sender) => by("queue", sender)?.name)).toEqual([
      ...["alice", "alice", "bob"],
      ...["others", "others", "others"],
    ]);
    expect(credentials(sentBy("alice", "AIDA1")).byTrigger("queue", "AIDA2")).toBeUndefined();
  });

  test("comes as nobody where no principal names its trigger", () => {
    expect(credentials({ name: "everywhere", policies }).byTrigger("queue")).toBeUndefined();
  });
});
