import { readFile } from "node:fs/promises";
import type { AwsSettings } from "../adapters/aws-client/endpoint.ts";
import { type JsonService, jsonClient } from "../adapters/aws-client/json-client.ts";
import { secretsManager } from "../adapters/secrets-manager/secrets-manager.ts";
import { type ConfigDocument, parseConfig } from "./document.ts";

/** Reads the configuration document from a file, or from Secrets Manager or SSM when `source` is an ARN. */
export const loadConfig = async (source: string, aws: AwsSettings): Promise<ConfigDocument> =>
  parseConfig(source, await read(source, aws));

const read = async (source: string, aws: AwsSettings): Promise<string> => {
  if (!source.startsWith("arn:")) return readFile(source, "utf8");
  const [, , service, region = aws.region, , ...resource] = source.split(":");
  const settings = { ...aws, region };
  if (service === "secretsmanager") {
    const call = jsonClient(secretsManager, settings);
    const { SecretString } = await call("GetSecretValue", { SecretId: source });
    return String(SecretString);
  }
  if (service === "ssm") {
    const call = jsonClient(ssm, settings);
    const { Parameter } = await call("GetParameter", { Name: source, WithDecryption: true });
    return String((Parameter as { Value: unknown }).Value);
  }
  throw new Error(`STANDDOWN_CONFIG names ${resource.join(":")} of ${service}, which holds no configuration`);
};

const ssm: JsonService = { name: "ssm", target: "AmazonSSM", contentType: "application/x-amz-json-1.1" };
