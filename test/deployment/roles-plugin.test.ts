import { expect, test } from "vitest";

const { default: RolesPlugin } = await import(new URL("../../infra/roles-plugin.mjs", import.meta.url).href);

interface Role {
  readonly Properties: Readonly<Record<string, unknown>> & {
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly object[] } }[];
  };
}

/** The role of a function without permissions, in a service whose provider says this. */
const roleOf = (provider: object): Role["Properties"] => {
  const Resources: Record<string, Role> = {};
  const service = {
    custom: {},
    provider: { environment: { STANDDOWN_CONFIG: "arn:x" }, ...provider },
    functions: { jobs: { name: "standdown-dev-jobs" } },
    resources: { Resources },
  };
  const configSchemaHandler = { defineFunctionProperties: () => {} };
  new RolesPlugin({ service, configSchemaHandler }).addRoles();
  const { JobsRole } = Resources;
  if (!JobsRole) throw new Error("no role");
  return JobsRole.Properties;
};

const statementsOf = (provider: object) => roleOf(provider).Policies[0]?.PolicyDocument.Statement ?? [];

test("the roles take what an organisation demands of all roles", () => {
  const role = {
    permissionsBoundary: "arn:b",
    path: "/standdown/",
    tags: { team: "data" },
    managedPolicies: ["arn:m"],
  };
  expect(roleOf({ tags: { cost: "42" }, iam: { role } })).toMatchObject({
    PermissionsBoundary: "arn:b",
    Path: "/standdown/",
    Tags: [
      { Key: "cost", Value: "42" },
      { Key: "team", Value: "data" },
    ],
    ManagedPolicyArns: ["arn:m"],
  });
  expect(Object.keys(roleOf({}))).toEqual(["AssumeRolePolicyDocument", "Policies"]);
});

test.each([
  [
    "statements of its own",
    { iam: { role: { statements: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] } } },
    "s3:*",
  ],
  ["a network", { vpc: { subnetIds: ["s"] } }, "ec2:CreateNetworkInterface"],
  ["tracing", { tracing: { lambda: true } }, "xray:PutTraceSegments"],
])("%s are in each role", (_, provider, action) => {
  expect(JSON.stringify(statementsOf(provider))).toContain(action);
  expect(JSON.stringify(statementsOf({}))).not.toContain(action);
});

test.each([
  ["one role for all", { iam: { role: "arn:role" } }, "an ARN"],
  ["a name", { iam: { role: { name: "one" } } }, "name"],
])("%s is refused, since each function has a role of its own", (_, provider, what) => {
  expect(() => roleOf(provider)).toThrow(`provider.iam.role: ${what} cannot be applied`);
});
