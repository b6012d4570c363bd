import { SQSClient } from "@aws-sdk/client-sqs";
import { localCredentials } from "../platform/local-credentials.ts";
import type { Account } from "../template/resources.ts";

/** Creates a client of the embedded server. It does not try again: what fails here is a fault of the stack, not a passing one. */
export const createSqsClient = ({ region, sqsEndpoint }: Pick<Account, "region" | "sqsEndpoint">): SQSClient =>
  new SQSClient({ region, endpoint: sqsEndpoint, credentials: localCredentials, maxAttempts: 1 });
