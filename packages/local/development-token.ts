import { readFile } from "node:fs/promises";

interface ConfigurationTokens {
  readonly principals?: readonly { readonly tokens?: readonly { readonly value?: string }[] }[];
}

/** The first bearer token that the configuration document spells out, for the commands to paste. */
export const readDevelopmentToken = async (file: string): Promise<string | undefined> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`There is no configuration document at ${file}; name one in STANDDOWN_CONFIG.`, { cause });
  });
  return tokensOf(text, file).find((value) => value !== undefined);
};

const tokensOf = (text: string, file: string): (string | undefined)[] => {
  try {
    const { principals = [] }: ConfigurationTokens = JSON.parse(text);
    return principals.flatMap(({ tokens = [] }) => tokens.map(({ value }) => value));
  } catch (cause) {
    throw new Error(`The configuration document ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
};
