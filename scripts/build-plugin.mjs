import { rm } from "node:fs/promises";
import path from "node:path";
import { bundle } from "./bundle.mjs";

/** Bundles every function before Serverless zips it, so that `serverless package` works alone on a fresh clone. */
export default class BuildPlugin {
  constructor(serverless) {
    this.hooks = {
      "before:package:createDeploymentArtifacts": async () => {
        await rm("dist", { recursive: true, force: true });
        const functions = Object.values(serverless.service.functions);
        await Promise.all(functions.map((definition) => this.build(definition)));
      },
    };
  }

  /** `functions/x/handler.http` is built from functions/x/handler.ts into dist/functions/x/handler.mjs. */
  async build(definition) {
    const [module] = definition.handler.split(".");
    const outfile = path.join("dist", `${module}.mjs`);
    await bundle({ entry: `${module}.ts`, outfile });
    definition.handler = `dist/${definition.handler}`;
    definition.package = { patterns: ["!**", outfile] };
  }
}
