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
    onResolve({ filter: builtins }, ({ path, kind }) => ({
      path: path.replace(/^node:/, ""),
      namespace: kind === "require-call" ? "required-builtin" : "imported-builtin",
    }));
    onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({ contents: onDemand(path, required) }));
    onLoad({ filter: /.*/, namespace: "imported-builtin" }, ({ path }) => ({ contents: onDemand(path, imported) }));
  },
};

const onDemand = (path, names) => {
  const builtin = process.getBuiltinModule(path);
  const loaded = `process.getBuiltinModule(${JSON.stringify(path)})`;
  // Some built-ins are a function or a class, or inherit what they offer: those are taken as they are.
  return Object.getPrototypeOf(builtin) === Object.prototype
    ? names(loaded, Object.keys(builtin))
    : `module.exports = ${loaded};`;
};

/** What requires a module may ask which names it has, and put functions of its own over them. */
const required = (loaded, names) => `for (const name of ${JSON.stringify(names)})
  Object.defineProperty(exports, name, {
    enumerable: true,
    configurable: true,
    get: () => ${loaded}[name],
    set: (value) => Object.defineProperty(exports, name, { value, writable: true }),
  });`;

/**
 * What imports a module copies each own property, and takes over the prototype: so the names are looked up in the
 * prototype. To define a getter for each of the hundred names of `node:crypto`, and to copy them, would take 2 ms for
 * each file that imports it.
 */
const imported = (loaded) => `module.exports = Object.create(new Proxy({}, {
  get: (_, name) => name === "__esModule" ? undefined : ${loaded}[name],
  has: (_, name) => name in ${loaded},
}));`;

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
