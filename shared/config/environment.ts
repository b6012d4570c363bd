import type { AwsSettings } from "../adapters/aws-client/endpoint.ts";
import type { QueueUrls } from "../adapters/sqs/source-queue.ts";

export interface Environment {
  readonly table: string;
  /** A file path, or the ARN of a Secrets Manager secret or an SSM parameter. */
  readonly config: string;
  /** A file with secrets by name; Secrets Manager where absent. */
  readonly secrets?: string;
  /** With what the names of the secrets begin in Secrets Manager. */
  readonly secretsPrefix?: string;
  /** For the functions that probe the API. */
  readonly apiUrl?: string;
  readonly reconcileQueue: string;
  readonly eventBus: string;
  readonly metricsNamespace: string;
  readonly queue?: QueueUrls;
  readonly aws: AwsSettings;
}

/** Reads the environment, in this place alone. Reports all faults at once. */
export const readEnvironment = (env: NodeJS.ProcessEnv = process.env): Environment => {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = env[name];
    if (!value) missing.push(name);
    return value ?? "";
  };

  const environment: Environment = {
    table: required("STANDDOWN_TABLE"),
    config: required("STANDDOWN_CONFIG"),
    ...(env.STANDDOWN_SECRETS ? { secrets: env.STANDDOWN_SECRETS } : {}),
    ...(env.STANDDOWN_SECRETS_PREFIX ? { secretsPrefix: env.STANDDOWN_SECRETS_PREFIX } : {}),
    ...(env.STANDDOWN_API_URL ? { apiUrl: env.STANDDOWN_API_URL } : {}),
    reconcileQueue: required("STANDDOWN_RECONCILE_QUEUE_URL"),
    eventBus: required("STANDDOWN_EVENT_BUS"),
    metricsNamespace: required("STANDDOWN_METRICS_NAMESPACE"),
    ...(env.STANDDOWN_QUEUE_URL
      ? { queue: { queue: env.STANDDOWN_QUEUE_URL, deadLetters: required("STANDDOWN_DEAD_LETTER_QUEUE_URL") } }
      : {}),
    aws: {
      region: required("AWS_REGION"),
      credentials: {
        accessKeyId: required("AWS_ACCESS_KEY_ID"),
        secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
        ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
      },
      endpoints: endpointsIn(env),
    },
  };
  if (missing.length > 0) throw new Error(`these environment variables are missing: ${missing.join(", ")}`);
  return environment;
};

/** Whether Lambda's runtime has started this process, and waits for it to be initialized. */
export const isUnderLambda = (env: NodeJS.ProcessEnv = process.env): boolean =>
  env.AWS_LAMBDA_RUNTIME_API !== undefined;

/** `AWS_ENDPOINT_URL_DYNAMODB` and its like, as the AWS SDKs read them. */
const endpointsIn = (env: NodeJS.ProcessEnv): Record<string, string> => {
  const named = Object.entries(endpointVariables).map(([service, name]) => [service, env[`AWS_ENDPOINT_URL_${name}`]]);
  return Object.fromEntries(named.filter(([, url]) => url));
};

/** The name of a service in its host, and in those variables. */
const endpointVariables = {
  dynamodb: "DYNAMODB",
  events: "EVENTBRIDGE",
  secretsmanager: "SECRETSMANAGER",
  sqs: "SQS",
  ssm: "SSM",
};
