import { unmatchedId } from "./bus-resources.mjs";
import { arnOf, deadLettersId, queueId, roleId } from "./logical-ids.mjs";

/**
 * Gives every function a role of its own with what its function.yml lists under `permissions`, and nothing else. The
 * framework itself knows one role for all, with the sum of all rights.
 *
 *   permissions:
 *     table: [UpdateItem]   # DynamoDB actions on the jobs table and its indexes
 *     config: true          # may read the configuration document
 *     secrets: true       # may read the secrets that messages refer to
 *     reconcileQueue: true       # may schedule checks of cancellations
 *     events: true          # may publish on the event bus
 *
 * A function with a `queue` may also take its messages from there, and dead-letter those that came from outside.
 */
export default class RolesPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      type: "object",
      properties: {
        permissions: {
          type: "object",
          additionalProperties: false,
          properties: {
            table: { type: "array", items: { type: "string" } },
            config: { type: "boolean" },
            secrets: { type: "boolean" },
            reconcileQueue: { type: "boolean" },
            events: { type: "boolean" },
          },
        },
      },
    });
    this.hooks = { "before:package:setupProviderConfiguration": () => this.addRoles() };
  }

  addRoles() {
    const { service } = this.serverless;
    const config = service.provider.environment.STANDDOWN_CONFIG;
    for (const [name, definition] of Object.entries(service.functions)) {
      const role = roleId(name);
      service.resources.Resources[role] = toRole([
        allow(
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          [inAccount("logs", `log-group:/aws/lambda/${definition.name}:*`)],
        ),
        ...permitted(definition.permissions ?? {}, config),
        ...queued(definition.queue),
      ]);
      definition.role = role;
    }
  }
}

const toRole = (statements) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    Policies: [{ PolicyName: "function", PolicyDocument: { Version: "2012-10-17", Statement: statements } }],
  },
});

/** The statement of each thing that is permitted. */
function* permitted({ table = [], config, secrets, reconcileQueue, events }, configSource) {
  const tableActions = table.map((action) => `dynamodb:${action}`);
  if (table.length > 0) yield allow(tableActions, jobsTable);
  if (config) yield allow(["secretsmanager:GetSecretValue", "ssm:GetParameter"], documentAt(configSource));
  if (secrets) yield allow(["secretsmanager:GetSecretValue"], [secretsOfMessages]);
  if (reconcileQueue) yield allow(["sqs:SendMessage"], [arnOf(queueId("reconcile-cancellations"))]);
  if (events) yield allow(["events:PutEvents"], [arnOf("EventBus")]);
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
const inAccount = (service, resource) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

/** The ARN that STANDDOWN_CONFIG names; Secrets Manager adds a hyphen and six characters to the name of a secret. */
const documentAt = (source) => {
  const arn = typeof source === "string" ? source : source["Fn::Sub"];
  return [{ "Fn::Sub": arn }, { "Fn::Sub": `${arn}-??????` }];
};

const secretsOfMessages = inAccount("secretsmanager", "secret:standdown/secrets/*");
const jobsTable = [arnOf("JobsTable"), { "Fn::Sub": `\${JobsTable.Arn}/index/*` }];
