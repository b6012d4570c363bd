import { unmatchedId } from "./bus-resources.mjs";
import { arnOf, deadLettersId, queueId, roleId } from "./logical-ids.mjs";

/**
 * Gives every function a role of its own with what its function.yml lists under `permissions`, and nothing else. The
 * framework itself knows one role for all, with the sum of all rights. What `provider` says of roles, of a network and of
 * tracing holds for each of them; what is not taken over is refused.
 *
 *   permissions:
 *     table: [UpdateItem]   # DynamoDB actions on the jobs table
 *     indexes: [due]        # the indexes that it may query
 *     nonces: true          # may remember nonces, and put no other item
 *     lockouts: true        # may count wrong signatures, and update no other item
 *     counts: true          # may query the counts of jobs, and no other item
 *     config: true          # may read the configuration document
 *     secrets: true         # may read the secrets that messages refer to
 *     reconcileQueue: true  # may schedule checks of cancellations
 *     events: true          # may publish outcomes on the event bus
 *
 * A function with a `queue` may also take its messages from there, and dead-letter those that came from outside.
 */
export default class RolesPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    const flag = { type: "boolean" };
    const names = { type: "array", items: { type: "string" } };
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      type: "object",
      properties: {
        permissions: {
          type: "object",
          additionalProperties: false,
          properties: {
            ...{ table: names, indexes: names, nonces: flag, lockouts: flag, counts: flag },
            ...{ config: flag, secrets: flag, reconcileQueue: flag, events: flag },
          },
        },
      },
    });
    this.hooks = { "before:package:setupProviderConfiguration": () => this.addRoles() };
  }

  addRoles() {
    const { service } = this.serverless;
    const { custom, provider } = service;
    const common = commonOf(provider);
    const { STANDDOWN_CONFIG: config, STANDDOWN_TABLE: name } = provider.environment;
    const table = typeof name === "string" ? inAccount("dynamodb", `table/${name}`) : arnOf("JobsTable");
    const sources = { config, table, ...custom };
    for (const [name, definition] of Object.entries(service.functions)) {
      const role = roleId(name);
      const statements = [
        allow(
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          [inAccount("logs", `log-group:/aws/lambda/${definition.name}:*`)],
        ),
        ...permitted(definition.permissions ?? {}, sources),
        ...queued(definition.queue),
        ...common.statements,
      ];
      service.resources.Resources[role] = toRole(statements, common.properties);
      definition.role = role;
    }
  }
}

const knownOfRole = ["permissionsBoundary", "path", "tags", "statements", "managedPolicies"];

/** What the provider asks of the role that the framework would have made. */
const commonOf = ({ iam = {}, tags = {}, vpc, tracing = {} }) => {
  const { role = {} } = iam;
  const unknown =
    typeof role === "string" ? ["an ARN"] : Object.keys(role).filter((name) => !knownOfRole.includes(name));
  if (unknown.length > 0)
    throw new Error(`provider.iam.role: ${unknown.join(", ")} cannot be applied: each function has a role of its own`);
  const allTags = Object.entries({ ...tags, ...role.tags }).map(([Key, Value]) => ({ Key, Value }));
  return {
    properties: {
      ...(role.permissionsBoundary ? { PermissionsBoundary: role.permissionsBoundary } : {}),
      ...(role.path ? { Path: role.path } : {}),
      ...(allTags.length > 0 ? { Tags: allTags } : {}),
      ...(role.managedPolicies ? { ManagedPolicyArns: role.managedPolicies } : {}),
    },
    statements: [
      ...(role.statements ?? []),
      // These actions know no resource.
      ...(vpc
        ? [
            allow(
              ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"].map(
                (action) => `ec2:${action}`,
              ),
              ["*"],
            ),
          ]
        : []),
      ...(tracing.lambda ? [allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])] : []),
    ],
  };
};

const toRole = (statements, properties) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    Policies: [{ PolicyName: "function", PolicyDocument: { Version: "2012-10-17", Statement: statements } }],
    ...properties,
  },
});

/** The statement of each thing that is permitted. */
function* permitted(
  { table = [], indexes = [], nonces, lockouts, counts, config, secrets, reconcileQueue, events },
  { config: source, table: tableArn, configKey, secretsPrefix, tableKey },
) {
  const isOfItems = (action) => action !== "Query";
  const onItems = table.filter(isOfItems).map((action) => `dynamodb:${action}`);
  if (onItems.length > 0) yield allow(onItems, [tableArn]);
  if (indexes.length > 0)
    yield allow(
      ["dynamodb:Query"],
      indexes.map((index) => ({ "Fn::Join": ["/index/", [tableArn, index]] })),
    );
  if (nonces) yield allowItems("PutItem", tableArn, "nonce#*");
  if (lockouts) yield allowItems("UpdateItem", tableArn, "lock#*");
  if (counts) yield allowItems("Query", tableArn, "count#*");
  if (tableKey && (table.length > 0 || lockouts)) yield allow(["kms:Decrypt", "kms:GenerateDataKey"], [tableKey]);
  if (config) {
    yield allow(readsOf(source), documentAt(source));
    if (configKey) yield allow(["kms:Decrypt"], [configKey]);
  }
  if (secrets)
    yield allow(["secretsmanager:GetSecretValue"], [inAccount("secretsmanager", `secret:${secretsPrefix}*`)]);
  if (reconcileQueue) yield allow(["sqs:SendMessage"], [arnOf(queueId("reconcile-cancellations"))]);
  // The bus carries requests as well, and nothing of ours may make one.
  if (events)
    yield {
      ...allow(["events:PutEvents"], [arnOf("EventBus")]),
      Condition: {
        StringLike: { "events:detail-type": "dev.standdown.cancellation.*" },
        StringEquals: { "events:source": "dev.standdown" },
      },
    };
}

function* queued(queue) {
  if (queue === undefined) return;
  const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"];
  yield allow(
    actions.map((action) => `sqs:${action}`),
    [arnOf(queueId(queue.name))],
  );
  // What we have sent ourselves is never dead-lettered.
  if (queue.fromBus) yield allow(["sqs:SendMessage"], [arnOf(deadLettersId(queue.name))]);
  if (queue.keepsUnmatched) yield allow(["sqs:SendMessage"], [arnOf(unmatchedId)]);
}

const allow = (Action, Resource) => ({ Effect: "Allow", Action, Resource });

/** On the items whose partition key is like this. */
const allowItems = (action, table, key) => ({
  ...allow([`dynamodb:${action}`], [table]),
  Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [key] } },
});

const inAccount = (service, resource) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

const toText = (source) => (typeof source === "string" ? source : source["Fn::Sub"]);

const readsOf = (source) =>
  toText(source).includes(":ssm:") ? ["ssm:GetParameter"] : ["secretsmanager:GetSecretValue"];

/** The ARN that STANDDOWN_CONFIG names; Secrets Manager adds a hyphen and six characters to the name of a secret. */
const documentAt = (source) => {
  const arn = toText(source);
  return [{ "Fn::Sub": arn }, ...(arn.includes(":ssm:") ? [] : [{ "Fn::Sub": `${arn}-??????` }])];
};
