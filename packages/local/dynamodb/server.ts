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

const attempts = 3;

/** Starts the embedded DynamoDB-compatible server on any free port; without a path its data lives in memory. */
export const startDynamoDb = async ({ dbPath }: { dbPath?: string } = {}): Promise<DynamoDb> => {
  const storage = dbPath === undefined ? [] : ["--db-path", dbPath];
  if (dbPath !== undefined) await mkdir(path.dirname(dbPath), { recursive: true, mode: 0o700 });
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
