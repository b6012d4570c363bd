import { builtinModules } from "node:module";
import { build } from "esbuild";

const builtins = new RegExp(`^(node:)?(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);

/**
 * Loads each of Node's built-in modules when something of it is first used, instead of by an ESM import. An ESM import
 * evaluates the module and every lazy export of it, used or not: 6 ms of a cold start for `node:crypto`, 40 ms for
 * `node:http` (whose WebSocket loads undici).
 */
export const builtinsOnDemand = {
  name: "builtins-on-demand",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: builtins }, ({ path }) => ({ path: path.replace(/^node:/, ""), namespace: "builtin" }));
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({ contents: onDemand(path) }));
  },
};

const onDemand = (path) => {
  const builtin = process.getBuiltinModule(path);
  const loaded = `process.getBuiltinModule(${JSON.stringify(path)})`;
  // Some built-ins are a function or a class, or inherit what they offer: those are taken as they are.
  if (Object.getPrototypeOf(builtin) !== Object.prototype) return `module.exports = ${loaded};`;
  // What imports it copies own properties and takes over the prototype. So names are looked up in the prototype: a
  // getter for each of the hundred names of node:crypto would take 2 ms to define. A library may still put functions
  // of its own over those of a built-in.
  return `module.exports = Object.create(new Proxy({}, {
    get: (_, name) => name === "__esModule" ? undefined : ${loaded}[name],
    has: (_, name) => name in ${loaded},
  }));`;
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
