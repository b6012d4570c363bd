import { type Containment, containments } from "../../../shared/backends/process/evidence.ts";
import { type JobOptions, jobFlags, jobOptionsUsage, readJobOptions } from "../options/job-options.ts";
import { UsageError } from "../options/usage-error.ts";

export const usage = `usage: standdown run [options] -- command args…

Runs a command as a job that can be cancelled, and ends with its exit code.

${jobOptionsUsage}
  --queued              registers the job as queued, and asks for its start
  --containment NAME    pid-namespace, cgroup or none: what nothing of the command can leave; the best unless given
  --signal INT|TERM     TERM unless given; all that is left after the grace is killed

Each can be given in the environment instead: STANDDOWN_ENDPOINT, STANDDOWN_JOB_ID and so on.

Exit codes of its own: 64 wrong options, 69 the server cannot be reached or refuses the job, 77 it refuses the token,
143 the job was cancelled before its command began. Any other is the command's, and 128 and the signal where one ended it.`;

const own = { texts: ["signal", "containment"], flags: ["queued"] };

export const flags = [...own.texts, ...own.flags, ...jobFlags];

export interface RunOptions extends JobOptions {
  readonly command: readonly [string, ...string[]];
  /** The best that the machine has where it is absent. */
  readonly containment: Containment | undefined;
  readonly signal: "SIGINT" | "SIGTERM";
}

/** Reads the command line and the environment. Throws {@link UsageError}. */
export const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv): RunOptions => {
  const end = args.indexOf("--");
  const [command, ...commandArgs] = end < 0 ? [] : args.slice(end + 1);
  if (command === undefined) throw new UsageError("there is no command: it comes after --");
  const { options, of, has } = readJobOptions(args.slice(0, end), env, own);
  const signal = of("signal") ?? "TERM";
  if (signal !== "INT" && signal !== "TERM") throw new UsageError("--signal must be INT or TERM");
  const containment = containments.find((each) => each === of("containment"));
  if (containment === undefined && of("containment") !== undefined)
    throw new UsageError(`--containment must be one of ${containments.join(", ")}`);
  const job = { ...options.job, state: has("queued") ? ("queued" as const) : ("running" as const) };
  return { ...options, job, command: [command, ...commandArgs], containment, signal: `SIG${signal}` };
};
