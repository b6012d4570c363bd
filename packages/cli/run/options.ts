import { parseArgs } from "node:util";
import type { JobRegistration } from "../../client/src/registration.ts";

export const usage = `usage: standdown run [options] -- command args…

Runs a command as a job that can be cancelled, and ends with its exit code.

  --endpoint URL        where Standdown listens
  --token TOKEN         a bearer token
  --service NAME        generic unless given; with --namespace, --project or --scope key=value
  --job-id ID           made up unless given
  --job-type TYPE
  --label name=value    as often as needed
  --queued              registers the job as queued, and asks for its start
  --max-runtime SECONDS
  --grace SECONDS       between the signal and the end of all that is left, 30 unless given
  --signal INT|TERM     TERM unless given
  --heartbeat SECONDS   how often the server is asked, 5 unless given

Each can be given in the environment instead: STANDDOWN_ENDPOINT, STANDDOWN_JOB_ID and so on.

Exit codes of its own: 64 wrong options, 69 the server cannot be reached or refuses the job, 77 it refuses the token,
143 the job was cancelled before its command began. Any other is the command's, and 128 and the signal where one ended it.`;

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface RunOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly job: JobRegistration;
  readonly command: string;
  readonly args: readonly string[];
  readonly signal: "SIGINT" | "SIGTERM";
  readonly graceSeconds: number;
  readonly maxRuntimeSeconds: number | undefined;
  readonly heartbeatSeconds: number;
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;

const known = {
  ...{ endpoint: text, token: text, service: text, project: text, namespace: text, "job-id": text, "job-type": text },
  ...{ "max-runtime": text, grace: text, signal: text, heartbeat: text, scope: texts, label: texts },
  queued: { type: "boolean" },
} as const;

/** Reads the command line and the environment. Throws {@link UsageError}. */
export const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv): RunOptions => {
  const end = args.indexOf("--");
  const [command, ...commandArgs] = end < 0 ? [] : args.slice(end + 1);
  if (command === undefined) throw new UsageError("there is no command: it comes after --");
  const values = parse(end < 0 ? args : args.slice(0, end));
  const of = (name: Exclude<keyof typeof known, "queued" | "scope" | "label">): string | undefined =>
    values[name] ?? env[`STANDDOWN_${name.toUpperCase().replaceAll("-", "_")}`];
  const needed = (name: "endpoint" | "token"): string => {
    const value = of(name);
    if (value === undefined) throw new UsageError(`--${name} is missing`);
    return value;
  };
  const seconds = (name: "max-runtime" | "grace" | "heartbeat"): number | undefined => {
    const value = of(name);
    if (value !== undefined && !/^\d{1,8}(\.\d+)?$/.test(value)) throw new UsageError(`--${name} must be seconds`);
    return value === undefined ? undefined : Number(value);
  };
  const signal = of("signal") ?? "TERM";
  if (signal !== "INT" && signal !== "TERM") throw new UsageError("--signal must be INT or TERM");
  const [graceSeconds, maxRuntimeSeconds] = [seconds("grace") ?? 30, seconds("max-runtime")];
  const [project, namespace, jobId, jobType] = [of("project"), of("namespace"), of("job-id"), of("job-type")];
  const job = {
    service: of("service") ?? "generic",
    scope: { ...(project && { projectId: project }), ...(namespace && { namespace }), ...pairs("scope", values.scope) },
    state: values.queued ? "queued" : "running",
    labels: pairs("label", values.label),
    graceSeconds: Math.ceil(graceSeconds),
    ...(jobId && { jobId }),
    ...(jobType && { jobType }),
    ...(maxRuntimeSeconds && { maxRuntimeSeconds: Math.ceil(maxRuntimeSeconds) }),
  } as JobRegistration;
  return {
    ...{ endpoint: needed("endpoint"), token: needed("token"), job, command, args: commandArgs },
    ...{ signal: `SIG${signal}`, graceSeconds, maxRuntimeSeconds, heartbeatSeconds: seconds("heartbeat") ?? 5 },
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const pairs = (name: string, given: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    given.map((pair) => {
      const [key = "", ...value] = pair.split("=");
      if (value.length === 0) throw new UsageError(`--${name} must be name=value`);
      return [key, value.join("=")];
    }),
  );
