import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { type Runner, type RunnerOptions, startRunner } from "../../../packages/local/runner.ts";

export interface FixtureFunction {
  /** The source of handler.mjs, which exports `http`. */
  readonly source: string;
  readonly route?: string;
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
}

/** Further resources of the template, by their logical ids. */
export type FixtureResources = Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;

/**
 * Writes what `serverless package` would for these functions: a template and real zips, in a directory of their own.
 * The resource of a function is called like the function, with `Function` behind it.
 */
export const packageFixtures = async (
  functions: Readonly<Record<string, FixtureFunction>>,
  others: FixtureResources = {},
): Promise<string> => {
  const directory = await mkdtemp(path.join(tmpdir(), "standdown-package-"));
  const resources: Record<string, unknown> = { JobsTable: jobsTable, ...others };
  for (const [name, { source, route = `POST /${name}`, timeoutSeconds = 5, environment = {} }] of Object.entries(
    functions,
  )) {
    const zip = zipSync({ [`dist/functions/${name}/handler.mjs`]: strToU8(source) });
    await writeFile(path.join(directory, `${name}.zip`), zip);
    resources[`${name}Function`] = {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: `standdown-dev-${name}`,
        Code: { S3Key: `serverless/standdown/dev/1-now/${name}.zip` },
        Handler: `dist/functions/${name}/handler.http`,
        Timeout: timeoutSeconds,
        MemorySize: 256,
        Environment: { Variables: { STANDDOWN_TABLE: { Ref: "JobsTable" }, ...environment } },
      },
    };
    resources[`${name}Integration`] = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: { IntegrationUri: { "Fn::GetAtt": [`${name}Function`, "Arn"] } },
    };
    resources[`${name}Route`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        RouteKey: route,
        Target: { "Fn::Join": ["/", ["integrations", { Ref: `${name}Integration` }]] },
      },
    };
  }
  const template = path.join(directory, "cloudformation-template-update-stack.json");
  await writeFile(template, JSON.stringify({ Resources: resources }));
  return directory;
};

export interface FixtureRunner extends Runner {
  /** What the functions have printed. */
  readonly output: readonly string[];
}

/** Runs such functions on free ports; stopping removes everything that was written. */
export const runFixtures = async (
  functions: Readonly<Record<string, FixtureFunction>>,
  { resources, ...options }: Partial<RunnerOptions> & { readonly resources?: FixtureResources } = {},
): Promise<FixtureRunner> => {
  const packageDirectory = await packageFixtures(functions, resources);
  const output: string[] = [];
  const runner = await startRunner({
    port: 0,
    packageDirectory,
    dataDirectory: path.join(packageDirectory, "data"),
    config: path.join(packageDirectory, "config.json"),
    secrets: path.join(packageDirectory, "secrets.json"),
    dynamoDbEndpoint: undefined,
    region: "eu-west-1",
    inherited: {},
    print: (line) => output.push(line),
    ...options,
  });
  const stop = async (): Promise<void> => {
    await runner.stop();
    await rm(packageDirectory, { recursive: true });
  };
  return { ...runner, output, stop };
};

const jobsTable = {
  Type: "AWS::DynamoDB::Table",
  Properties: {
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  },
};
