import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { startGuarded } from "../platform/guarded-process.ts";
import { freePort } from "../platform/listen.ts";

export interface DynamoDb {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** What `AWS::DynamoDB::Table` and `CreateTable` have in common, and the time to live, which has a call of its own. */
export interface TableProperties {
  readonly AttributeDefinitions?: unknown;
  readonly KeySchema?: unknown;
  readonly GlobalSecondaryIndexes?: unknown;
  readonly LocalSecondaryIndexes?: unknown;
  readonly BillingMode?: unknown;
  readonly ProvisionedThroughput?: unknown;
  readonly TimeToLiveSpecification?: unknown;
}

const attempts = 3;

/** Starts the embedded DynamoDB-compatible server on any free port; without a path its data lives in memory. */
export const startDynamoDb = async ({ dbPath }: { dbPath?: string } = {}): Promise<DynamoDb> => {
  const storage = dbPath === undefined ? [] : ["--db-path", dbPath];
  if (dbPath !== undefined) await mkdir(path.dirname(dbPath), { recursive: true });
  const output: string[] = [];
  // The server reports "port 0" where it is asked to choose a port, so we choose, and somebody else may be faster.
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = await freePort();
    const args = ["serve", "--host", "127.0.0.1", "--port", String(port), ...storage];
    const server = startGuarded(binary(), args, { env: {} });
    const listening = Promise.withResolvers<"listening">();
    // Both are read to the end: a full pipe would block the server.
    server.stdout.resume();
    createInterface({ input: server.stderr }).on("line", (line) => {
      if (line.includes("listening on")) listening.resolve("listening");
      else output.push(line);
    });
    if ((await Promise.race([listening.promise, server.ended])) === "listening") {
      return { endpoint: `http://127.0.0.1:${port}`, stop: server.stop };
    }
  }
  throw new Error(`The embedded DynamoDB server did not start: ${output.join(" ")}`);
};

/** Creates a table as the template describes it; one that exists already is kept with its data. */
export const createTable = async (
  endpoint: string,
  properties: TableProperties,
  name: string,
  region?: string,
): Promise<void> => {
  const { TimeToLiveSpecification: timeToLive } = properties;
  const created = await call("CreateTable", {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    BillingMode: properties.BillingMode,
    ProvisionedThroughput: properties.ProvisionedThroughput,
  });
  if (created === "exists" || timeToLive === undefined) return;
  await call("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification: timeToLive });

  async function call(operation: string, input: object): Promise<"done" | "exists"> {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "x-amz-date": "20260101T000000Z",
        authorization: unverifiedSignature(region ?? "eu-west-1"),
      },
      body: JSON.stringify(input),
    });
    if (response.ok) {
      await response.body?.cancel();
      return "done";
    }
    const problem = await response.text();
    if (problem.includes("ResourceInUseException")) return "exists";
    throw new Error(`${operation} of table ${name} at ${endpoint} answered ${response.status}: ${problem}`);
  }
};

/** Local servers look at the form of the signature only, and some keep one set of tables per key and region. */
const unverifiedSignature = (region: string): string =>
  `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`;

const binary = (): string => {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return path.join(path.dirname(require.resolve(`${packageName}/package.json`)), "dynoxide");
  } catch (cause) {
    throw new Error(
      `No embedded DynamoDB server for this platform (${packageName}); name a running one in STANDDOWN_DYNAMODB_ENDPOINT.`,
      { cause },
    );
  }
};
