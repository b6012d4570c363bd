import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { Plugin } from "esbuild";
import { regionId } from "./variants/validation/verdict.ts";

const text = { type: "string", minLength: 1 } as const;

const request = {
  type: "object",
  properties: {
    RegionId: { type: "string", pattern: regionId.source },
    DBInstanceId: text,
    WorkspaceId: text,
    Namespace: text,
    NamespacePassword: text,
    Collection: text,
    JobId: text,
  },
  required: ["RegionId", "NamespacePassword", "Collection", "JobId"],
  anyOf: [{ required: ["DBInstanceId"] }, { required: ["WorkspaceId"] }],
} as const;

/** Lets a handler import the schema as the code that ajv makes of it, so that ajv itself stays out of the bundle. */
export const compiledSchema: Plugin = {
  name: "compiled-schema",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^compiled-schema$/ }, ({ path }) => ({ path, namespace: "ajv" }));
    onLoad({ filter: /.*/, namespace: "ajv" }, () => {
      const ajv = new Ajv({ allErrors: true, strictRequired: false, code: { source: true, esm: true } });
      const contents = standaloneCode.default(ajv, ajv.compile(request));
      return { contents, resolveDir: import.meta.dirname };
    });
  },
};
