import { parseArgs } from "node:util";
import { type JobApi, jobApi } from "../../client/src/job-api.ts";
import { JobApiError } from "../../client/src/job-api-error.ts";
import { endCgroup, findCgroupRoot, findJobCgroups, isPopulated, type JobCgroup } from "../containments/cgroup.ts";
import { startOf } from "../containments/processes.ts";
import { exits } from "../options/exit-codes.ts";

export const usage = `usage: standdown reap [--endpoint URL] [--token TOKEN] [--dry-run]

Ends what is left on this host of jobs that were cancelled and whose supervisor has died, and reports that it saw the end. It
needs a token of whoever registered them. Jobs that nobody cancelled, and those whose supervisor lives, are left alone.

STANDDOWN_ENDPOINT and STANDDOWN_TOKEN stand in for the options.`;

export const flags = ["dry-run"];

/** What became of a cgroup that a supervisor has left. */
type Verdict = "supervised" | "not cancelled" | "unknown job" | "ended" | "would be ended";

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const options = readOptions(args, env);
  if (options === undefined) {
    console.error(usage);
    return exits.usage;
  }
  const root = findCgroupRoot();
  if (root === undefined) {
    console.error(
      "standdown: no cgroups can be made here, so none was left; what a PID namespace holds ends with its supervisor",
    );
    return 0;
  }
  const api = jobApi({ ...options, timeoutMs: 10_000 });
  let failed = 0;
  for (const cgroup of findJobCgroups(root))
    try {
      console.log(`${cgroup.uid}  ${await reap(api, cgroup, options.isDry)}`);
    } catch (error) {
      failed++;
      console.error(`${cgroup.uid}  ${(error as Error).message}`);
    }
  return failed === 0 ? 0 : exits.unavailable;
};

const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv) => {
  const text = { type: "string" } as const;
  try {
    const known = { endpoint: text, token: text, "dry-run": { type: "boolean" } } as const;
    const { values } = parseArgs({ args: [...args], options: known });
    const { endpoint = env.STANDDOWN_ENDPOINT, token = env.STANDDOWN_TOKEN } = values;
    if (endpoint === undefined || token === undefined) return undefined;
    return { endpoint, token, isDry: values["dry-run"] === true };
  } catch {
    return undefined;
  }
};

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

const reap = async (api: JobApi, { directory, uid, supervisor }: JobCgroup, isDry: boolean): Promise<Verdict> => {
  // A process id is used again: the start tells.
  if (startOf(supervisor.pid) === supervisor.start) return "supervised";
  const isCancelled = await isCancelledOrPresumed(api, uid);
  if (isCancelled === undefined) return "unknown job";
  if (!isCancelled && isPopulated(directory)) return "not cancelled";
  if (isDry) return "would be ended";
  await endCgroup(directory);
  if (isCancelled) await report(api, uid);
  return "ended";
};

/** Whether a cancellation waits for the end of the work, or presumes it. Undefined where nobody knows the job. */
const isCancelledOrPresumed = async (api: JobApi, uid: string): Promise<boolean | undefined> => {
  try {
    const { outcome, assurance } = (await api.receipt(uid, signal())).body;
    return (
      outcome === "stopping" || outcome === "not-stopped" || assurance === "presumed" || assurance === "contradicted"
    );
  } catch (error) {
    if (!(error instanceof JobApiError) || error.status !== 404) throw error;
    return error.code === "no-cancellation" ? false : undefined;
  }
};

/** An end that is on record is confirmed by a report that comes late, and refused all the same. */
const report = async (api: JobApi, uid: string): Promise<void> => {
  try {
    await api.finish(uid, { outcome: "cancelled", containment: "cgroup" }, signal());
  } catch (error) {
    if (!(error instanceof JobApiError) || error.status !== 409) throw error;
  }
};
