import { formats, openServer, readCommandLine, readFormat, serverUsage } from "../options/server-options.ts";
import { UsageError } from "../options/usage-error.ts";
import { printData } from "../output/print.ts";
import { receiptText } from "../output/receipt-text.ts";
import { terminalOf } from "../output/terminal.ts";

export const usage = `usage: standdown receipt UID [-o table|json|yaml]

Shows what became of a cancellation: who asked, what was done when, by what evidence it ended, and how sure that is.

${serverUsage}`;

export const flags = ["output"];

/** Returns the exit code. */
export const receiptCommand = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readCommandLine(args, {});
  const [uid, ...more] = asked.positionals;
  if (uid === undefined || more.length > 0) throw new UsageError("standdown receipt takes one UID");
  const format = readFormat(
    asked,
    formats.filter((each) => each !== "name"),
  );
  const receipt = await openServer(asked, env).job(uid).receipt();
  if (format === "json" || format === "yaml") await printData(receipt, format);
  else for (const line of receiptText(receipt, terminalOf(process.stdout, env))) console.log(line);
  return 0;
};
