/**
 * Gives every function a role of its own with what its function.yml lists under `permissions`, and nothing else. The
 * framework itself knows one role for all, with the sum of all rights.
 *
 *   permissions:
 *     table: [UpdateItem]   # DynamoDB actions on the jobs table and its indexes
 *     config: true          # may read the configuration document
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
          properties: { table: { type: "array", items: { type: "string" } }, config: { type: "boolean" } },
        },
      },
    });
    this.hooks = { "before:package:setupProviderConfiguration": () => this.addRoles() };
  }

  addRoles() {
    const { service } = this.serverless;
    const config = service.provider.environment.STANDDOWN_CONFIG;
    for (const [name, definition] of Object.entries(service.functions)) {
      const role = `${name.replace(/(?:^|-)\w/g, (start) => start.slice(-1).toUpperCase())}Role`;
      service.resources.Resources[role] = roleOf(definition.name, definition.permissions ?? {}, config);
      definition.role = role;
    }
  }
}

const roleOf = (functionName, { table = [], config = false }, configSource) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    Policies: [
      {
        PolicyName: "function",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            allow(
              ["logs:CreateLogStream", "logs:PutLogEvents"],
              [inAccount(`logs`, `log-group:/aws/lambda/${functionName}:*`)],
            ),
            ...(table.length > 0
              ? [
                  allow(
                    table.map((action) => `dynamodb:${action}`),
                    jobsTable,
                  ),
                ]
              : []),
            ...(config ? [allow(["secretsmanager:GetSecretValue", "ssm:GetParameter"], documentAt(configSource))] : []),
          ],
        },
      },
    ],
  },
});

const allow = (Action, Resource) => ({ Effect: "Allow", Action, Resource });
const inAccount = (service, resource) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

/** The ARN that STANDDOWN_CONFIG names; Secrets Manager adds a hyphen and six characters to the name of a secret. */
const documentAt = (source) => {
  const arn = typeof source === "string" ? source : source["Fn::Sub"];
  return [{ "Fn::Sub": arn }, { "Fn::Sub": `${arn}-??????` }];
};

const jobsTable = [{ "Fn::GetAtt": ["JobsTable", "Arn"] }, { "Fn::Sub": `\${JobsTable.Arn}/index/*` }];
