import path from "node:path";
import { build } from "esbuild";
import { programs } from "./start-work.ts";

/** Bundles the work in Node, which then starts in a quarter of the time. */
export const bundlePrograms = async (directory: string): Promise<void> => {
  await build({
    entryPoints: programs.map((program) => path.join(import.meta.dirname, `${program}.ts`)),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    // The driver of PostgreSQL is CommonJS.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
};
