import type { Receipt } from "../../client/src/wire-views.ts";
import { waitFor } from "../cancel/wait.ts";
import { openServer, readCommandLine, readSeconds, readUid, serverUsage } from "../options/server-options.ts";
import { colourOf, summaryOf } from "../output/receipt-text.ts";
import { printable, terminalOf } from "../output/terminal.ts";

export const usage = `usage: standdown watch UID [--timeout TIME]

Follows a cancellation: prints each step as it comes, until it is clear whether the work stopped. The exit codes are those of
standdown cancel.

${serverUsage}`;

export const flags = ["timeout"];

const dayMs = 86_400_000;

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const asked = readCommandLine(args, { timeout: { type: "string" } });
  const uid = readUid(asked, "watch");
  const seconds = readSeconds(asked, "timeout");
  const terminal = terminalOf(process.stdout, env);
  let seen = 0;
  let latest: Receipt | undefined;
  const onReceipt = (receipt: Receipt) => {
    for (const { at, step, detail } of receipt.steps.slice(seen))
      console.log(`${at}  ${step.padEnd(22)}  ${detail === null ? "" : printable(detail)}`.trimEnd());
    seen = receipt.steps.length;
    latest = receipt;
  };
  const code = await waitFor({
    job: openServer(asked, env).job(uid),
    until: "acknowledged",
    deadline: performance.now() + (seconds === undefined ? dayMs : seconds * 1000),
    onReceipt,
    signal: new AbortController().signal,
  });
  if (latest === undefined) return code;
  console.log(terminal.style(colourOf(latest), summaryOf(latest)));
  return code;
};
