import { spawnSync } from "node:child_process";
import path from "node:path";
import { describeApi } from "../functions/openapi/openapi.ts";

const root = path.join(import.meta.dirname, "..");

/** The file of the client that holds the wire types. */
export const wireTypesFile = path.join(root, "packages/client/src/wire.ts");

/** Renders the schemas of the job API, as its OpenAPI document has them now, as TypeScript. */
export const renderWireTypes = (): string => {
  const { openapi, info, components } = describeApi();
  return format(generate(JSON.stringify({ openapi, info, paths: {}, components: { schemas: components.schemas } })));
};

/** Comes from the client's own dependencies: it needs TypeScript 5, which the rest of the repository does not have. */
const generate = (document: string): string =>
  run(
    "packages/client/node_modules/.bin/openapi-typescript",
    ["--immutable", "--default-non-nullable=false"],
    document,
  );

const format = (text: string): string =>
  run("node_modules/.bin/biome", ["format", `--stdin-file-path=${wireTypesFile}`], text);

/** Returns what the program makes of its input. */
const run = (program: string, args: readonly string[], input: string): string => {
  const { status, stdout, stderr, error } = spawnSync(path.join(root, program), args, {
    cwd: root,
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`, { cause: error });
  return stdout;
};
