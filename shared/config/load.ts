import { readFile } from "node:fs/promises";
import type { AwsSettings } from "../adapters/aws-client/endpoint.ts";
import { callUntil, type JsonService, jsonClient } from "../adapters/aws-client/json-client.ts";
import { secretsManager } from "../adapters/secrets-manager/secrets-manager.ts";
import { type Deadline, noDeadline } from "../concurrency/deadline.ts";
import { parseConfig } from "./document.ts";
import type { ConfigDocument } from "./document-schema.ts";

export const loadConfig = async (
  source: string,
  aws: AwsSettings,
  deadline: Deadline = noDeadline,
): Promise<ConfigDocument> => parseConfig(source, await read(source, aws, deadline));

const read = async (source: string, aws: AwsSettings, deadline: Deadline): Promise<string> => {
  if (!source.startsWith("arn:")) return readFile(source, "utf8");
  const [, , service, region = aws.region, , ...resource] = source.split(":");
  const settings = { ...aws, region };
  if (service === "secretsmanager") {
    const call = callUntil(jsonClient(secretsManager, settings), deadline);
    const { SecretString } = await call("GetSecretValue", { SecretId: source });
    return String(SecretString);
  }
  if (service === "ssm") {
    const call = callUntil(jsonClient(ssm, settings), deadline);
    const { Parameter } = await call("GetParameter", { Name: source, WithDecryption: true });
    return String((Parameter as { Value: unknown }).Value);
  }
  throw new Error(`STANDDOWN_CONFIG names ${resource.join(":")} of ${service}, which holds no configuration`);
};

const ssm: JsonService = { name: "ssm", target: "AmazonSSM", contentType: "application/x-amz-json-1.1" };
