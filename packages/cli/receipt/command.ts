import type { Standdown } from "../../client/src/standdown.ts";
import type { JobFilter } from "../../client/src/wire-views.ts";
import { answers } from "../options/exit-codes.ts";
import { readFilter } from "../options/job-filter.ts";
import { formats, openServer, readCommandLine, readFormat, serverUsage } from "../options/server-options.ts";
import { UsageError } from "../options/usage-error.ts";
import { printData } from "../output/print.ts";
import { receiptText } from "../output/receipt-text.ts";
import { terminalOf } from "../output/terminal.ts";

export const usage = `usage: standdown receipt UID [-o table|json|yaml]
       standdown receipt --service NAME --job-id ID [--project NAME]

Shows what became of a cancellation: who asked, what was done when, by what evidence it ended, and how sure that is. By the
service's own id, of the newest job that was cancelled.

${serverUsage}`;

const own = { service: { type: "string" }, project: { type: "string" }, "job-id": { type: "string" } } as const;

export const flags = [...Object.keys(own), "output"];

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readCommandLine(args, own);
  const [given, ...more] = asked.positionals;
  const [service, jobId] = [asked.text("service"), asked.text("job-id")];
  const isById = service !== undefined && jobId !== undefined;
  if (more.length > 0 || (given === undefined) === !isById)
    throw new UsageError("standdown receipt takes one UID, or --service and --job-id");
  const format = readFormat(asked, formats);
  const standdown = openServer(asked, env);
  const uid = given ?? (await findCancelled(standdown, readFilter(asked)));
  if (uid === undefined) {
    console.error("standdown: there is no such job that this token may see: standdown jobs lists those");
    return answers.notFound;
  }
  const receipt = await standdown.job(uid).receipt();
  if (format !== "table") await printData(receipt, format);
  else for (const line of receiptText(receipt, terminalOf(process.stdout, env))) console.log(line);
  return 0;
};

/** Of the jobs that had an id, the newest that was cancelled; where none was, the newest. */
const findCancelled = async (standdown: Standdown, filter: JobFilter): Promise<string | undefined> => {
  let first: string | undefined;
  for await (const { uid, cancel } of standdown.jobs.list(filter)) {
    if (cancel !== null) return uid;
    first ??= uid;
  }
  return first;
};
