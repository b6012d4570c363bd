import { readFile } from "node:fs/promises";
import path from "node:path";
import type { TableProperties } from "../dynamodb.ts";
import { createResolver, isRecord } from "./intrinsics.ts";
import { type Account, functionArn, type Resource, type Template } from "./resources.ts";

/** What `serverless package` made, with every reference resolved. */
export interface Bundle {
  readonly functions: readonly LambdaFunction[];
  readonly routes: readonly BundledRoute[];
  readonly tables: readonly { readonly name: string; readonly properties: TableProperties }[];
}

export interface LambdaFunction {
  /** The deployed name, such as `standdown-dev-cancel-sql-job`. */
  readonly name: string;
  /** The name in serverless.yml, such as `cancel-sql-job`. */
  readonly shortName: string;
  readonly arn: string;
  readonly zip: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface BundledRoute {
  /** Such as `DELETE /v1.0/{project_id}/jobs/{job_id}` or `$default`. */
  readonly key: string;
  readonly functionName: string;
}

/** Reads the packaged template beside the zips in `directory`. */
export const readBundle = async (directory: string, account: Account): Promise<Bundle> => {
  const file = path.join(directory, "cloudformation-template-update-stack.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`There is no packaged template at ${file}; run "npm run package" first.`, { cause });
  });
  return describeBundle(JSON.parse(text), directory, account);
};

export const describeBundle = (template: Template, directory: string, account: Account): Bundle => {
  const resolve = createResolver(template, account);
  const ofType = (type: string) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  const read = (id: string, resource: Resource, key: string): unknown => resolve(resource.Properties?.[key], id);
  const string = (id: string, resource: Resource, key: string): string => {
    const value = read(id, resource, key);
    if (typeof value !== "string") throw new Error(`Resource ${id}: ${key} must be a string.`);
    return value;
  };

  const functions = ofType("AWS::Lambda::Function").map(([id, resource]): LambdaFunction => {
    const code = resource.Properties?.Code;
    const zip = path.posix.basename(String(resolve(isRecord(code) ? code.S3Key : undefined, id)));
    const settings = read(id, resource, "Environment");
    const name = String(resolve({ Ref: id }, id));
    return {
      name,
      shortName: path.posix.basename(zip, ".zip"),
      arn: functionArn(name, account),
      zip: path.join(directory, zip),
      handler: string(id, resource, "Handler"),
      timeoutSeconds: Number(read(id, resource, "Timeout") ?? 3),
      memoryMb: Number(read(id, resource, "MemorySize") ?? 128),
      environment: variables(isRecord(settings) ? settings.Variables : undefined, id),
    };
  });

  const integrations = Object.fromEntries(
    ofType("AWS::ApiGatewayV2::Integration").map((entry) => [
      `integrations/${resolve({ Ref: entry[0] }, entry[0])}`,
      entry,
    ]),
  );
  const routes = ofType("AWS::ApiGatewayV2::Route").map(([id, resource]): BundledRoute => {
    const [integrationId, integration] = integrations[string(id, resource, "Target")] ?? [];
    const uri = integrationId && integration && string(integrationId, integration, "IntegrationUri");
    const target = functions.find(({ arn }) => arn === uri);
    if (target === undefined) throw new Error(`Resource ${id}: its target is no function of the template.`);
    return { key: string(id, resource, "RouteKey"), functionName: target.name };
  });

  const tables = ofType("AWS::DynamoDB::Table").map(([id, resource]) => {
    const name = String(resolve({ Ref: id }, id));
    return { name, properties: resolve(resource.Properties ?? {}, id) as TableProperties };
  });

  return { functions, routes, tables };
};

const variables = (settings: unknown, owner: string): Record<string, string> => {
  const entries = Object.entries(isRecord(settings) ? settings : {}).map(([name, value]) => {
    if (typeof value === "object") throw new Error(`Resource ${owner}: variable ${name} must be a string.`);
    return [name, String(value)] as const;
  });
  return Object.fromEntries(entries);
};
