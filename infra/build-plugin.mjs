import { rm } from "node:fs/promises";
import path from "node:path";
import { bundle } from "./bundle.mjs";

/** Bundles every handler before Serverless zips it, so that `serverless package` works alone on a fresh clone. */
export default class BuildPlugin {
  constructor(serverless) {
    this.hooks = {
      "before:package:createDeploymentArtifacts": async () => {
        await rm("dist", { recursive: true, force: true });
        const functions = Object.values(serverless.service.functions);
        // An operation's functions, for HTTP and for its queue, are entries of one module.
        const modules = new Set(functions.map(toModule));
        await Promise.all([...modules].map((module) => bundle({ entry: `${module}.ts`, outfile: bundled(module) })));
        for (const definition of functions) takeBundle(definition);
      },
    };
  }
}

/** `functions/x/handler.http` is built from functions/x/handler.ts into dist/functions/x/handler.mjs. */
const toModule = ({ handler }) => handler.split(".")[0];
const bundled = (module) => path.join("dist", `${module}.mjs`);

const takeBundle = (definition) => {
  definition.package = { patterns: ["!**", bundled(toModule(definition))] };
  definition.handler = `dist/${definition.handler}`;
};
