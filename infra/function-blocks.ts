import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { endpoints } from "../functions/jobs/endpoints.ts";
import { cancelOperations, readOperations } from "../functions/registry.ts";

/** What a function.yml says of a function, as Serverless names it. */
export interface FunctionBlock {
  readonly handler: string;
  readonly permissions?: {
    readonly table?: readonly string[];
    readonly indexes?: readonly string[];
    readonly nonces?: boolean;
    readonly lockouts?: boolean;
    readonly counts?: boolean;
  };
  readonly events?: readonly { readonly httpApi: string }[];
}

interface Route {
  readonly method: string;
  readonly path: string;
}

const directory = path.join(import.meta.dirname, "../functions");

/** The HTTP routes of each function, as its operation or endpoints declare them. */
const routes = new Map<string, readonly Route[]>([
  ["jobs", endpoints],
  ...[...cancelOperations, ...readOperations].flatMap(({ name, route }): [string, Route[]][] =>
    "path" in route ? [[name, [route]]] : [],
  ),
]);

const withRoutes = (name: string, block: FunctionBlock): FunctionBlock => {
  const events = routes.get(name)?.map(({ method, path }) => ({ httpApi: `${method} ${path}` })) ?? [];
  return events.length > 0 ? { ...block, events } : block;
};

/** Returns the blocks of all functions, each from the function.yml beside its code: a new folder needs no line here. */
export const functionBlocks = (): Record<string, FunctionBlock> => {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const blocks = files
    .filter((file) => path.basename(file) === "function.yml")
    .flatMap((file) =>
      Object.entries<FunctionBlock>(parse(readFileSync(path.join(directory, file), "utf8"))).map(
        ([name, block]) => [name, withRoutes(name, block)] as const,
      ),
    );
  return Object.fromEntries(blocks.sort(([a], [b]) => (a < b ? -1 : 1)));
};
