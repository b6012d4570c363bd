import { formats, openServer, readCommandLine, readFormat, readUid, serverUsage } from "../options/server-options.ts";
import { printData } from "../output/print.ts";
import { printable } from "../output/terminal.ts";

export const usage = `usage: standdown job UID [-o table|json|yaml]

Shows one job as it is now.

${serverUsage}`;

export const flags = ["output"];

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readCommandLine(args, {});
  const uid = readUid(asked, "job");
  const format = readFormat(asked, formats);
  const job = await openServer(asked, env).job(uid).get();
  if (format !== "table") await printData(job, format);
  else
    for (const [name, value] of Object.entries(job)) {
      if (value === null) continue;
      console.log(`${name.padEnd(24)} ${printable(typeof value === "string" ? value : JSON.stringify(value))}`);
    }
  return 0;
};
