import path from "node:path";

/** What the environment says about the local runner; the functions' own settings are in their template. */
export interface Settings {
  /** Port of the HTTP API; 0 takes any free one. */
  readonly port: number;
  /** Where to write what is running, and at which addresses. */
  readonly runFile: string;
  /** Where `serverless package` has put the template and the zips. */
  readonly packageDirectory: string;
  /** The configuration document that every function is given. */
  readonly config: string;
  /** The document that every function reads in place of Secrets Manager: a flat object of texts by name. */
  readonly secrets: string;
  /** Tables, logs and unpacked functions; kept between runs. */
  readonly dataDirectory: string;
  /** A DynamoDB-compatible server to use instead of the embedded one. */
  readonly dynamoDbEndpoint: string | undefined;
  readonly region: string;
  readonly samples: boolean;
  /** Whether queues are polled and schedules fired; else only requests, and invocations by hand, start functions. */
  readonly background: boolean;
  /** The only variables of ours that functions see, so that none works here by what happens to be set. */
  readonly inherited: Readonly<Record<string, string>>;
}

/** Reads every setting and reports all faults at once. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const faults: string[] = [];
  const port = Number(env.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) faults.push(`PORT must be 0 to 65535, not "${env.PORT}".`);
  const dynamoDbEndpoint = env.STANDDOWN_DYNAMODB_ENDPOINT || undefined;
  if (dynamoDbEndpoint !== undefined && !URL.canParse(dynamoDbEndpoint)) {
    faults.push(`STANDDOWN_DYNAMODB_ENDPOINT must be a URL like http://127.0.0.1:8000, not "${dynamoDbEndpoint}".`);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return {
    port,
    runFile: path.resolve(env.STANDDOWN_RUN_FILE || ".local/run.json"),
    config: path.resolve(env.STANDDOWN_CONFIG || "config/development.json"),
    secrets: path.resolve(env.STANDDOWN_SECRETS || "config/development-secrets.json"),
    packageDirectory: path.resolve(env.STANDDOWN_PACKAGE || ".serverless"),
    dataDirectory: path.resolve(env.STANDDOWN_DATA || ".local"),
    dynamoDbEndpoint,
    region: env.AWS_REGION || "eu-west-1",
    samples: env.STANDDOWN_SAMPLES !== "0",
    background: env.STANDDOWN_BACKGROUND !== "0",
    inherited: { PATH: env.PATH ?? "", HOME: env.HOME ?? "" },
  };
};
