// CommonJS, because that is what Serverless takes for a file that computes a part of its configuration.
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { parse } = require("yaml");
const { endpoints } = require("../functions/jobs/endpoints.ts");
const { cancelOperations, readOperations } = require("../functions/registry.ts");

const directory = path.join(__dirname, "../functions");

/** The HTTP routes of each function, as its operation or endpoints declare them. */
const routes = new Map([
  ["jobs", endpoints],
  ...[...cancelOperations, ...readOperations]
    .filter(({ route }) => "path" in route)
    .map(({ name, route }) => [name, [route]]),
]);

const withRoutes = ([name, block]) => {
  const events = routes.get(name)?.map(({ method, path }) => ({ httpApi: `${method} ${path}` })) ?? [];
  return [name, events.length > 0 ? { ...block, events } : block];
};

/** Returns the blocks of all functions, each from the function.yml beside its code: a new folder needs no line here. */
module.exports = () => {
  const files = readdirSync(directory, { recursive: true }).filter((file) => path.basename(file) === "function.yml");
  const blocks = files.flatMap((file) => Object.entries(parse(readFileSync(path.join(directory, file), "utf8"))));
  return Object.fromEntries(blocks.map(withRoutes).sort(([a], [b]) => (a < b ? -1 : 1)));
};
