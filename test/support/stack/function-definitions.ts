import { createRequire } from "node:module";

export interface FunctionDefinition {
  readonly handler: string;
  readonly permissions?: { readonly table?: readonly string[] };
  readonly events?: readonly { readonly httpApi: string }[];
}

/** The function.yml files of all folders together, as serverless.yml reads them. */
export const functionDefinitions: Readonly<Record<string, FunctionDefinition>> = createRequire(import.meta.url)(
  "../../../infra/functions.cjs",
)();

export const functionDefinition = (name: string): FunctionDefinition => {
  const definition = functionDefinitions[name];
  if (definition === undefined) throw new Error(`no function.yml describes ${name}`);
  return definition;
};
