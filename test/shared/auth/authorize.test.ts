import { describe, expect, test } from "vitest";
import { authorize, authorizeAnywhere, isAuthorized } from "../../../shared/auth/authorize.ts";
import { permissionFor } from "../../../shared/auth/job-permission.ts";
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
    expect(isAuthorized(who, permission)).toBe(verdict === "allowed");
  });
});

test.each<[string, readonly Policy[], boolean]>([
  ["anywhere", [allowed], true],
  ["nowhere", [], false],
  ["nowhere, for all that is said is no", [denied], false],
])("who may do something %s", (_, policies, may) => {
  const verdict = failureOf(() => authorizeAnywhere(principal(policies), action));
  expect(verdict).toEqual(may ? "allowed" : { kind: "forbidden", action, explicitly: false });
});

test("a permission of the job API names the action, the service and the owner", () => {
  expect(permissionFor("CancelJob", "dli", "p")).toEqual({
    action: "standdown:CancelJob",
    resource: "standdown:dli:p",
    owner: "p",
  });
});
