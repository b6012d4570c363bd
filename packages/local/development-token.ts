import { readFile } from "node:fs/promises";
import { parseConfig } from "../../shared/config/document.ts";

/**
 * Returns the first bearer token that the configuration document spells out, for the samples and the commands to paste.
 * Throws an error that tells every fault of the document, since no function could work with it.
 */
export const readDevelopmentToken = async (file: string): Promise<string | undefined> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`There is no configuration document at ${file}; name one in STANDDOWN_CONFIG.`, { cause });
  });
  const tokens = parseConfig(file, text).principals.flatMap(({ tokens = [] }) => tokens);
  return tokens.flatMap((token) => ("value" in token ? [token.value] : []))[0];
};
