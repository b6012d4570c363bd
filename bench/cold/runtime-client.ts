import { execFile } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { withEsbuild } from "../../packages/local/platform/with-esbuild.ts";

const run = promisify(execFile);
const version = "4.0.2";
const directory = path.join(import.meta.dirname, "../../.local/ric");
const installed = path.join(directory, "node_modules/aws-lambda-ric/index.mjs");

export interface RuntimeClient {
  readonly name: string;
  readonly file: string;
}

/**
 * AWS's own runtime client. It is no dependency: it builds a native part, which takes some minutes and needs cmake and
 * a C++ compiler. So it is installed here at the first run, and without them the project's own client takes its place.
 */
export const findRuntimeClient = async (): Promise<RuntimeClient> => {
  if (await succeeds(access(installed))) return { name: `aws-lambda-ric ${version}`, file: installed };
  const missing = [];
  for (const tool of ["cmake", "g++", "make"]) if (!(await succeeds(run(tool, ["--version"])))) missing.push(tool);
  if (missing.length > 0) return ourOwn(`${missing.join(", ")} not found: aws-lambda-ric cannot be built`);

  console.error(`Installing aws-lambda-ric ${version} with its native part; this takes some minutes ...`);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, "package.json"), JSON.stringify({ private: true }));
  try {
    await run("npm", ["install", `aws-lambda-ric@${version}`], { cwd: directory, maxBuffer: 64 * 1024 * 1024 });
    return { name: `aws-lambda-ric ${version}`, file: installed };
  } catch (error) {
    return ourOwn(`aws-lambda-ric could not be installed: ${(error as Error).message.split("\n")[0]}`);
  }
};

const ourOwn = async (reason: string): Promise<RuntimeClient> => {
  const source = path.join(import.meta.dirname, "../../packages/local/lambda/runtime-client.ts");
  const file = path.join(directory, "runtime-client.mjs");
  await withEsbuild(({ build }) => build({ entryPoints: [source], outfile: file, platform: "node", format: "esm" }));
  return { name: `the project's own runtime client, NOT AWS's (${reason})`, file };
};

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
