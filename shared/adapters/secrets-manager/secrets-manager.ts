import type { JsonService } from "../aws-client/json-client.ts";

export const secretsManager: JsonService = {
  name: "secretsmanager",
  target: "secretsmanager",
  contentType: "application/x-amz-json-1.1",
};
