import { readFile } from "node:fs/promises";
import type { AwsSettings } from "../../../shared/adapters/aws-client/endpoint.ts";
import type { AwsCall } from "../../../shared/adapters/aws-client/json-client.ts";
import { AwsError } from "../../../shared/adapters/aws-client/json-client.ts";
import type { QueueUrls } from "../../../shared/adapters/sqs/source-queue.ts";
import { localCredentials } from "../../local/platform/local-credentials.ts";
import type { RunFacts } from "../../local/run-file.ts";

/** A running stack: where its queues and its table are. */
export interface Stack {
  /** As it is shown to people. */
  readonly name: string;
  readonly aws: AwsSettings;
  readonly table: string;
  findQueue(operation: string, callSqs: AwsCall): Promise<QueueUrls>;
}

/** Finds the stack that the environment names: the one that runs here while its run file is there, else one on AWS. */
export const findStack = async (env: NodeJS.ProcessEnv): Promise<Stack> => {
  const file = env.STANDDOWN_RUN_FILE || ".local/run.json";
  const facts = await readRunFile(file);
  return facts ? localStack(facts, env) : cloudStack(env, file);
};

const readRunFile = async (file: string): Promise<RunFacts | undefined> => {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
};

const localStack = ({ sqs, dynamodb }: RunFacts, env: NodeJS.ProcessEnv): Stack => ({
  name: sqs?.endpoint ?? "the stack that runs here",
  aws: {
    region: env.AWS_REGION || "eu-west-1",
    credentials: localCredentials,
    endpoints: { dynamodb: dynamodb.endpoint, ...(sqs && { sqs: sqs.endpoint }) },
  },
  table: dynamodb.table ?? "",
  async findQueue(operation) {
    const { url, deadLetterUrl } = sqs?.queues[operation] ?? {};
    if (url === undefined || deadLetterUrl === undefined)
      throw new Error(`the stack that runs here has no queue with dead letters for ${operation}`);
    return { queue: url, deadLetters: deadLetterUrl };
  },
});

const required = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "STANDDOWN_TABLE"] as const;

const cloudStack = (env: NodeJS.ProcessEnv, file: string): Stack => {
  const missing = required.filter((name) => !env[name]);
  if (missing.length > 0)
    throw new Error(`no stack runs here (${file} is not there), and for AWS these are missing: ${missing.join(", ")}`);
  const { AWS_REGION: region = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN } = env;
  const urlOf = async (QueueName: string, callSqs: AwsCall): Promise<string> => {
    try {
      return String((await callSqs("GetQueueUrl", { QueueName })).QueueUrl);
    } catch (error) {
      if (error instanceof AwsError) throw new Error(`${QueueName} in ${region}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  return {
    name: `AWS, stage ${env.STANDDOWN_STAGE || "dev"} in ${region}`,
    aws: {
      region,
      credentials: {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
      },
      endpoints: {
        ...(env.AWS_ENDPOINT_URL_SQS ? { sqs: env.AWS_ENDPOINT_URL_SQS } : {}),
        ...(env.AWS_ENDPOINT_URL_DYNAMODB ? { dynamodb: env.AWS_ENDPOINT_URL_DYNAMODB } : {}),
      },
    },
    table: env.STANDDOWN_TABLE ?? "",
    async findQueue(operation, callSqs) {
      const name = `standdown-${env.STANDDOWN_STAGE || "dev"}-${operation}`;
      const [queue, deadLetters] = await Promise.all([urlOf(name, callSqs), urlOf(`${name}-dead-letters`, callSqs)]);
      return { queue, deadLetters };
    },
  };
};
