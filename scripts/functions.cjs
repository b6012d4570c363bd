// CommonJS, because that is what Serverless takes for a file that computes a part of its configuration.
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { parse } = require("yaml");

const directory = path.join(__dirname, "../functions");

/** The blocks of all functions, each from the function.yml beside its code: a new folder needs no line here. */
module.exports = () => {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const blocks = folders.map(({ name }) => parse(readFileSync(path.join(directory, name, "function.yml"), "utf8")));
  return Object.assign({}, ...blocks);
};
