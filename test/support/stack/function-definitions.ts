import { type FunctionBlock, functionBlocks } from "../../../infra/function-blocks.ts";

/** The function.yml files of all folders together, as serverless.yml reads them. */
export const functionDefinitions: Readonly<Record<string, FunctionBlock>> = functionBlocks();

export const functionDefinition = (name: string): FunctionBlock => {
  const definition = functionDefinitions[name];
  if (definition === undefined) throw new Error(`no function.yml describes ${name}`);
  return definition;
};
