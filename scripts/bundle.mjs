import { builtinModules } from "node:module";
import { build } from "esbuild";

const builtins = new RegExp(`^(node:)?(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);

/**
 * Loads Node's built-in modules by `process.getBuiltinModule` instead of an ESM import. An ESM import of `node:http`
 * reads every lazy export of the module (WebSocket among them, which loads undici): about 40 ms of a cold start.
 */
export const builtinsOnDemand = {
  name: "builtins-on-demand",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: builtins }, ({ path }) => ({ path: path.replace(/^node:/, ""), namespace: "builtin" }));
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/** Bundles one Lambda entry point into one ESM file. */
export const bundle = ({ entry, outfile, plugins = [builtinsOnDemand], ...overrides }) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    keepNames: false,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "warning",
    plugins,
    ...overrides,
  });
