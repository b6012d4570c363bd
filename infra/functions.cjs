// CommonJS, because that is what Serverless takes for a file that computes a part of its configuration.
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { parse } = require("yaml");

const directory = path.join(__dirname, "../functions");

/** Returns the blocks of all functions, each from the function.yml beside its code: a new folder needs no line here. */
module.exports = () => {
  const files = readdirSync(directory, { recursive: true }).filter((file) => path.basename(file) === "function.yml");
  const blocks = files.flatMap((file) => Object.entries(parse(readFileSync(path.join(directory, file), "utf8"))));
  return Object.fromEntries(blocks.sort(([a], [b]) => (a < b ? -1 : 1)));
};
