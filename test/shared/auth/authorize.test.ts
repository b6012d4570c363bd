import { describe, expect, test } from "vitest";
import { authorize, authorizeAnywhere, authorizeUnseen, isAuthorizedByAny } from "../../../shared/auth/authorize.ts";
import { mayCancelJob, permissionFor } from "../../../shared/auth/job-permission.ts";
import type { Policy, Principal } from "../../../shared/domain/principal.ts";

const action = "dli:CancelJob";
const permission = { action, resource: "dli:p:jobs/1", owner: "p" };
const allowed: Policy = { effect: "allow", actions: ["dli:*"], resources: ["dli:p:*"] };
const denied: Policy = { effect: "deny", actions: ["*"], resources: ["*"] };
const principal = (policies: readonly Policy[], projects?: readonly string[]): Principal =>
  projects === undefined ? { name: "ops", policies } : { name: "ops", policies, projects };

/** What an act is refused with. */
const failureOf = (act: () => void) => {
  try {
    act();
  } catch (error) {
    return (error as { failure?: unknown }).failure;
  }
  return "allowed";
};

describe("a principal may do what its policies allow where its token reaches", () => {
  const implicitly = { kind: "forbidden", action, explicitly: false };
  const explicitly = { kind: "forbidden", action, explicitly: true };

  test.each<[string, Principal, unknown]>([
    ["allowed, a token for all projects", principal([allowed]), "allowed"],
    ["allowed, a token for this project", principal([allowed], ["q", "p"]), "allowed"],
    ["allowed, a token for another project", principal([allowed], ["q"]), implicitly],
    ["allowed, a token for no project", principal([allowed], []), implicitly],
    ["without policies", principal([]), implicitly],
    ["denied", principal([allowed, denied]), explicitly],
    ["denied, a token for another project", principal([denied], ["q"]), explicitly],
  ])("%s", (_, who, verdict) => {
    expect(failureOf(() => authorize(who, permission))).toEqual(verdict);
    expect(isAuthorizedByAny(who, [permission])).toBe(verdict === "allowed");
  });
});

describe("where a part of the resource is not known yet", () => {
  const unseen = { action, resource: "dli:p:queue/*", owner: "p" };
  const etl: Policy = { effect: "allow", actions: ["dli:*"], resources: ["dli:*:queue/etl"] };
  const notEtl: Policy = { effect: "deny", actions: ["*"], resources: ["dli:*:queue/etl"] };
  const implicitly = { kind: "forbidden", action, explicitly: false };

  test.each<[string, Principal, unknown]>([
    ["allowed for all", principal([allowed]), false],
    ["allowed for one", principal([etl]), true],
    ["allowed for all, denied for one", principal([allowed, notEtl]), true],
    ["allowed for all and once more for one", principal([allowed, etl]), false],
    ["denied for all, allowed for one", principal([etl, denied]), { ...implicitly, explicitly: true }],
    ["denied for one, and allowed for none", principal([notEtl]), implicitly],
    ["allowed for one of another action", principal([{ ...etl, actions: ["ges:*"] }]), implicitly],
    ["allowed for one, a token for another project", principal([etl], ["q"]), implicitly],
    ["without policies", principal([]), implicitly],
  ])("%s", (_, who, expected) => {
    let depends: unknown;
    const failure = failureOf(() => {
      depends = authorizeUnseen(who, unseen);
    });
    expect(failure === "allowed" ? depends : failure).toEqual(expected);
  });
});

describe("by any of several names", () => {
  const names = [permission, { action: "standdown:CancelJob", resource: "standdown:dli:p", owner: "p" }];
  const allow = (pattern: string): Policy => ({ effect: "allow", actions: [pattern], resources: ["*"] });
  const deny = (pattern: string): Policy => ({ effect: "deny", actions: [pattern], resources: ["*"] });

  test.each<[string, Principal, boolean]>([
    ["allowed by the first", principal([allow("dli:*")]), true],
    ["allowed by the second", principal([allow("standdown:*")]), true],
    ["allowed by one and denied by the other", principal([allow("dli:*"), deny("standdown:*")]), false],
    ["allowed by none", principal([allow("ges:*")]), false],
    ["allowed, a token for another project", principal([allow("*")], ["q"]), false],
  ])("%s", (_, who, expected) => expect(isAuthorizedByAny(who, names)).toBe(expected));
});

test.each<[string, readonly Policy[], boolean]>([
  ["anywhere", [allowed], true],
  ["nowhere", [], false],
  ["nowhere, for all that is said is no", [denied], false],
])("who may do something %s", (_, policies, may) => {
  const verdict = failureOf(() => authorizeAnywhere(principal(policies), action));
  expect(verdict).toEqual(may ? "allowed" : { kind: "forbidden", action, explicitly: false });
});

describe("a cancel by the job API is judged by the queue too, where the job's own API does so", () => {
  const job = { service: "dli", scope: { projectId: "p", queueName: "etl" }, owner: "p" };
  const native = { action: "dli:queue:cancelJob", resourceOfJob: () => "dli:p:queue/etl" };
  const policy = (effect: "allow" | "deny", action: string, resource: string): Policy => ({
    effect,
    actions: [action],
    resources: [resource],
  });
  const ours = policy("allow", "standdown:*", "standdown:dli:p");

  test.each<[string, readonly Policy[], boolean]>([
    ["the project allowed", [ours], true],
    ["the queue allowed", [policy("allow", "standdown:*", "dli:*:queue/etl")], true],
    ["another queue allowed", [policy("allow", "standdown:*", "dli:*:queue/production")], false],
    ["the queue denied", [ours, policy("deny", "standdown:*", "dli:*:queue/etl")], false],
    ["the queue denied to its own API", [ours, policy("deny", "dli:*", "dli:*:queue/etl")], false],
    ["the queue allowed to its own API alone", [policy("allow", "dli:*", "*")], false],
  ])("%s", (_, policies, may) => {
    expect(mayCancelJob(principal(policies), job, native)).toBe(may);
  });

  test("and by the project alone, where it does not", () => {
    expect(mayCancelJob(principal([ours]), job, { action: "x" })).toBe(true);
    expect(mayCancelJob(principal([]), job, { action: "x" })).toBe(false);
  });
});

test("a permission of the job API names the action, the service and the owner", () => {
  expect(permissionFor("CancelJob", "dli", "p")).toEqual({
    action: "standdown:CancelJob",
    resource: "standdown:dli:p",
    owner: "p",
  });
});
