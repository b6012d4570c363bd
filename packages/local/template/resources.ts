/** The part of a CloudFormation template that is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Where the stack pretends to live. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly stackName: string;
  /** What the URLs of queues begin with. */
  readonly sqsEndpoint: string;
}

export const localAccount = (region: string, sqsEndpoint = `https://sqs.${region}.amazonaws.com`): Account => ({
  accountId: "000000000000",
  region,
  partition: "aws",
  stackName: "standdown-dev",
  sqsEndpoint,
});

type Address = (name: string, account: Account) => string;

export interface ResourceKind {
  /** The property that names the resource; where it is absent CloudFormation, and so we, make up a name. */
  readonly named?: string;
  /** What `Ref` gives, if not the name. */
  readonly ref?: Address;
  /** What `Fn::GetAtt` gives. */
  readonly attributes?: Readonly<Record<string, Address>>;
}

const arn =
  (service: string, prefix = ""): Address =>
  (name, { partition, region, accountId }) =>
    `arn:${partition}:${service}:${region}:${accountId}:${prefix}${name}`;

export const functionArn = arn("lambda", "function:");
const secretArn = arn("secretsmanager", "secret:");
const queueUrl: Address = (name, { sqsEndpoint, accountId }) => `${sqsEndpoint}/${accountId}/${name}`;

/** How the resources that others point at are addressed. Pointing at a kind that is missing here is an error. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  "AWS::ApiGatewayV2::Api": {
    attributes: { ApiEndpoint: (name, { region }) => `https://${name}.execute-api.${region}.amazonaws.com` },
  },
  "AWS::ApiGatewayV2::Integration": {},
  "AWS::DynamoDB::Table": { named: "TableName", attributes: { Arn: arn("dynamodb", "table/") } },
  "AWS::Events::EventBus": {
    named: "Name",
    attributes: { Arn: arn("events", "event-bus/"), Name: (name) => name },
  },
  "AWS::Events::Rule": { named: "Name", attributes: { Arn: arn("events", "rule/") } },
  "AWS::IAM::Role": {
    named: "RoleName",
    attributes: { Arn: (name, at) => `arn:${at.partition}:iam::${at.accountId}:role/${name}` },
  },
  "AWS::Lambda::Function": { named: "FunctionName", attributes: { Arn: functionArn } },
  "AWS::Scheduler::Schedule": { named: "Name", attributes: { Arn: arn("scheduler", "schedule/default/") } },
  "AWS::SecretsManager::Secret": { named: "Name", ref: secretArn, attributes: { Arn: secretArn } },
  "AWS::SQS::Queue": {
    named: "QueueName",
    ref: queueUrl,
    attributes: { Arn: arn("sqs"), QueueName: (name) => name, QueueUrl: queueUrl },
  },
};
