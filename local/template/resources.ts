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
}

export const localAccount = (region: string): Account => ({
  accountId: "000000000000",
  region,
  partition: "aws",
  stackName: "standdown-dev",
});

export interface ResourceKind {
  /** The property that names the resource; where it is absent CloudFormation, and so we, make up a name. */
  readonly named?: string;
  readonly arn?: (name: string, account: Account) => string;
  /** Whether `Ref` gives the ARN instead of the name. */
  readonly refIsArn?: true;
}

/** How the resources that others point at are addressed. Pointing at a kind that is missing here is an error. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  "AWS::ApiGatewayV2::Api": {},
  "AWS::ApiGatewayV2::Integration": {},
  "AWS::DynamoDB::Table": {
    named: "TableName",
    arn: (name, at) => `arn:${at.partition}:dynamodb:${at.region}:${at.accountId}:table/${name}`,
  },
  "AWS::Lambda::Function": { named: "FunctionName", arn: (name, at) => functionArn(name, at) },
  "AWS::IAM::Role": {
    named: "RoleName",
    arn: (name, at) => `arn:${at.partition}:iam::${at.accountId}:role/${name}`,
  },
  "AWS::SecretsManager::Secret": {
    named: "Name",
    arn: (name, at) => `arn:${at.partition}:secretsmanager:${at.region}:${at.accountId}:secret:${name}`,
    refIsArn: true,
  },
};

export const functionArn = (name: string, { partition, region, accountId }: Account): string =>
  `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
