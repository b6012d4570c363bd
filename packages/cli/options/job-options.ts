import { parseArgs } from "node:util";
import type { JobRegistration } from "../../client/src/registration.ts";
import { UsageError } from "./usage-error.ts";

/** The options of every command that runs something as a job. */
export const jobOptionsUsage = `  --endpoint URL        where Standdown listens
  --token TOKEN         a bearer token
  --service NAME        generic unless given; with --namespace, --project or --scope key=value
  --job-id ID           made up unless given
  --job-type TYPE
  --label name=value    as often as needed
  --max-runtime SECONDS
  --grace SECONDS       how long the work may take to stop, 30 unless given
  --heartbeat SECONDS   how often the server is asked, 5 unless given
  --lease SECONDS       how long it may not hear of the work before it takes it for dead, 300 unless given`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

const known = {
  ...{ endpoint: text, token: text, service: text, project: text, namespace: text, "job-id": text, "job-type": text },
  ...{ "max-runtime": text, grace: text, heartbeat: text, lease: text, scope: texts, label: texts },
} as const;

export const jobFlags: readonly string[] = Object.keys(known);

type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface JobOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly job: JobRegistration;
  readonly graceSeconds: number;
  readonly maxRuntimeSeconds: number | undefined;
  readonly heartbeatSeconds: number;
}

/** What a command takes besides: texts, and flags that take none. */
export interface OwnOptions {
  readonly texts: readonly string[];
  readonly flags: readonly string[];
}

/** Reads the command line and the environment. Throws {@link UsageError}. */
export const readJobOptions = (args: readonly string[], env: NodeJS.ProcessEnv, own: OwnOptions) => {
  const values = parse(args, own);
  const of = (name: string): string | undefined => {
    const given = values[name] ?? env[`STANDDOWN_${name.toUpperCase().replaceAll("-", "_")}`];
    return typeof given === "string" ? given : undefined;
  };
  const needed = (name: string): string => {
    const value = of(name);
    if (value === undefined) throw new UsageError(`--${name} is missing`);
    return value;
  };
  const seconds = (name: string): number | undefined => {
    const value = of(name);
    if (value !== undefined && !/^\d{1,8}(\.\d+)?$/.test(value)) throw new UsageError(`--${name} must be seconds`);
    return value === undefined ? undefined : Number(value);
  };
  const [graceSeconds, maxRuntimeSeconds] = [seconds("grace") ?? 30, seconds("max-runtime")];
  const leaseSeconds = seconds("lease");
  const [project, namespace, jobId, jobType] = [of("project"), of("namespace"), of("job-id"), of("job-type")];
  const job = {
    service: of("service") ?? "generic",
    scope: { ...(project && { projectId: project }), ...(namespace && { namespace }), ...pairs("scope", values.scope) },
    labels: pairs("label", values.label),
    graceSeconds: Math.ceil(graceSeconds),
    ...(jobId && { jobId }),
    ...(jobType && { jobType }),
    ...(leaseSeconds && { heartbeatTimeoutSeconds: Math.ceil(leaseSeconds) }),
    ...(maxRuntimeSeconds && { maxRuntimeSeconds: Math.ceil(maxRuntimeSeconds) }),
  } as JobRegistration;
  const options: JobOptions = {
    ...{ endpoint: needed("endpoint"), token: needed("token"), job, graceSeconds, maxRuntimeSeconds },
    heartbeatSeconds: seconds("heartbeat") ?? 5,
  };
  return { options, of, needed, has: (name: string): boolean => values[name] === true };
};

const parse = (args: readonly string[], own: OwnOptions): Given => {
  const options = {
    ...known,
    ...Object.fromEntries([...own.texts.map((name) => [name, text]), ...own.flags.map((name) => [name, flag])]),
  };
  try {
    return parseArgs({ args: [...args], options }).values as Given;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const pairs = (name: string, given: Given[string]): Record<string, string> =>
  Object.fromEntries(
    (Array.isArray(given) ? (given as readonly string[]) : []).map((pair) => {
      const [key = "", ...value] = pair.split("=");
      if (value.length === 0) throw new UsageError(`--${name} must be name=value`);
      return [key, value.join("=")];
    }),
  );
