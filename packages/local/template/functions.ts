import path from "node:path";
import { isRecord } from "./intrinsics.ts";
import type { ReadableResource, TemplateReader } from "./reader.ts";
import { type Account, functionArn } from "./resources.ts";

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

/** The functions of the template, whose zips are in `directory`. */
export const readFunctions = (reader: TemplateReader, directory: string, account: Account): LambdaFunction[] =>
  reader.ofType("AWS::Lambda::Function").map((resource) => {
    const zip = path.posix.basename(String(resource.property("Code", "S3Key")));
    const name = resource.ref();
    return {
      name,
      shortName: path.posix.basename(zip, ".zip"),
      arn: functionArn(name, account),
      zip: path.join(directory, zip),
      handler: resource.string("Handler"),
      timeoutSeconds: resource.number(["Timeout"], 3),
      memoryMb: resource.number(["MemorySize"], 128),
      environment: variables(resource),
    };
  });

const variables = (resource: ReadableResource): Record<string, string> => {
  const settings = resource.property("Environment", "Variables");
  const entries = Object.entries(isRecord(settings) ? settings : {}).map(([name, value]) => {
    if (typeof value === "object") resource.fail(`variable ${name} must be a string.`);
    return [name, String(value)] as const;
  });
  return Object.fromEntries(entries);
};
