import { readFile } from "node:fs/promises";
import type { Secrets } from "../../ports/secrets.ts";
import { type AwsCall, AwsError } from "../aws-client/json-client.ts";

/** A message may name the secrets below `prefix` and no others, whatever else the account keeps. */
export const secretsManagerSecrets = (call: AwsCall, prefix = "standdown/secrets/"): Secrets => ({
  async find(name) {
    try {
      const { SecretString } = await call("GetSecretValue", { SecretId: prefix + name });
      return typeof SecretString === "string" ? SecretString : undefined;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
      throw error;
    }
  },
});

/** A JSON object of names and secrets, for one machine. */
export const fileSecrets = (file: string): Secrets => ({
  async find(name) {
    const secrets = parse(file, await readFile(file, "utf8"));
    if (typeof secrets !== "object" || secrets === null || !Object.hasOwn(secrets, name)) return undefined;
    const secret: unknown = (secrets as Record<string, unknown>)[name];
    return typeof secret === "string" ? secret : undefined;
  },
});

/** The parser's own error repeats a part of the text. */
const parse = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON`);
  }
};
