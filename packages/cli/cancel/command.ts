import { mapAtMost } from "../../../shared/concurrency/map-at-most.ts";
import { JobApiError } from "../../client/src/job-api-error.ts";
import type { Standdown } from "../../client/src/standdown.ts";
import type { Receipt } from "../../client/src/wire-views.ts";
import { answers, toAnswer } from "../options/exit-codes.ts";
import { filterOptions, filterUsage, readFilter } from "../options/job-filter.ts";
import {
  type Asked,
  formats,
  openServer,
  readCommandLine,
  readFormat,
  readSeconds,
  serverUsage,
} from "../options/server-options.ts";
import { UsageError } from "../options/usage-error.ts";
import { liveLines } from "../output/live-lines.ts";
import { printData } from "../output/print.ts";
import { colourOf, summaryOf } from "../output/receipt-text.ts";
import { printable, terminalOf, toDuration } from "../output/terminal.ts";
import { type Level, levels, waitFor } from "./wait.ts";

export const usage = `usage: standdown cancel UID… [--reason TEXT]
       standdown cancel --service NAME --job-id ID [filters] [--reason TEXT]

Cancels jobs, and waits until it is clear whether they stopped. UIDs can come from the standard input, one on a line, with -.

  --reason TEXT        stands in the receipt, and is told to the work
  --until LEVEL        observed, acknowledged or accepted: how sure to be; acknowledged unless given
  --timeout TIME       how long to wait, 2m unless given
  --no-wait            the same as --until accepted
  -o table|json|yaml   json and yaml print the receipts

${filterUsage}

Exit codes: 0 as asked, 2 usage, 3 the job had completed first, 4 not allowed, 5 not found, 6 stopped, but less sure than asked,
7 not stopped in time, 8 some of many were not as asked, 75 try again, 130 interrupted (the cancellation goes on).

examples:
  standdown cancel 01K9ZQ4V6C3M8W2RXT5YB7HJDN --reason "wrong input"
  standdown cancel --service generic --job-id nightly --until observed --timeout 1m
  standdown jobs --label team=etl -o name | standdown cancel -

${serverUsage}`;

export const flags = [...Object.keys(filterOptions), "reason", "until", "timeout", "no-wait", "output"];

interface Result {
  readonly uid: string;
  readonly code: number;
  readonly words: string;
  readonly receipt: Receipt | undefined;
}

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const text = { type: "string" } as const;
  const asked = readCommandLine(args, {
    ...filterOptions,
    reason: text,
    until: text,
    timeout: text,
    wait: { type: "boolean" },
  });
  const format = readFormat(asked, formats);
  const until = readLevel(asked);
  const timeoutMs = (readSeconds(asked, "timeout") ?? 120) * 1000;
  const standdown = openServer(asked, env);
  const uids = await findTargets(standdown, asked);
  if (uids.length === 0) {
    console.error("standdown: no job is like that: standdown jobs lists those that there are");
    return answers.notFound;
  }

  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once("SIGINT", interrupt);
  const words = terminalOf(process.stderr, env);
  const live = liveLines(process.stderr, words);
  const reason = asked.text("reason");
  const began = performance.now();
  const cancelOne = async (uid: string): Promise<Result> => {
    let receipt: Receipt | undefined;
    const onReceipt = (seen: Receipt) => {
      receipt = seen;
      const { step = "stop-requested" } = seen.steps.at(-1) ?? {};
      live.set(
        uid,
        `${uid}  ${printable(seen.jobId)}  ${seen.outcome}  ${step}  ${toDuration(performance.now() - began)}`,
      );
    };
    try {
      const job = standdown.job(uid);
      await job.cancel({ signal: interrupted.signal, ...(reason === undefined ? {} : { reason }) });
      const code = await waitFor({ job, until, deadline: began + timeoutMs, onReceipt, signal: interrupted.signal });
      return { uid, code, words: receipt === undefined ? "no receipt was given" : summaryOf(receipt), receipt };
    } catch (error) {
      if (interrupted.signal.aborted)
        return { uid, code: answers.interrupted, words: "the cancellation goes on", receipt };
      if (error instanceof TypeError) return { uid, code: answers.usage, words: error.message, receipt };
      if (!(error instanceof JobApiError)) throw error;
      return { uid, ...toAnswer(error), receipt };
    }
  };
  const results = await mapAtMost(atOnce, uids, cancelOne);
  live.end();
  process.off("SIGINT", interrupt);

  if (format !== "table")
    await printData(
      results.map(({ receipt, uid, words: error }) => receipt ?? { uid, error }),
      format,
    );
  else {
    const terminal = terminalOf(process.stdout, env);
    for (const { uid, words: said, receipt } of results)
      console.log(`${uid}  ${receipt ? terminal.style(colourOf(receipt), said) : said}`);
  }
  return toCode(results, interrupted.signal.aborted);
};

const readLevel = (asked: Asked): Level => {
  if (asked.values.wait === false) return "accepted";
  const given = asked.text("until") ?? "acknowledged";
  const level = levels.find((each) => each === given);
  if (level === undefined) throw new UsageError(`--until must be one of ${levels.join(", ")}`);
  return level;
};

/** By uid, or the active jobs that the filters choose: those must name one id, since many at once want to be seen first. */
const findTargets = async (standdown: Standdown, asked: Asked): Promise<readonly string[]> => {
  const filter = readFilter(asked);
  const { positionals } = asked;
  if (positionals.length > 0) {
    if (Object.keys(filter).length > 0) throw new UsageError("give UIDs or filters, not both");
    return [
      ...new Set(
        positionals.includes("-")
          ? [...positionals.filter((each) => each !== "-"), ...(await readInput())]
          : positionals,
      ),
    ];
  }
  if (filter.jobId === undefined || filter.service === undefined)
    throw new UsageError("give UIDs, or --service and --job-id; standdown jobs -o name lists UIDs");
  for await (const { uid, state } of standdown.jobs.list(filter)) if (isActive(state)) return [uid];
  for await (const { uid } of standdown.jobs.list(filter)) return [uid];
  return [];
};

const isActive = (state: string): boolean => state === "queued" || state === "running" || state === "stopping";

const readInput = async (): Promise<readonly string[]> => {
  let text = "";
  for await (const part of process.stdin) text += part;
  return text.split(/\s+/).filter(Boolean);
};

const atOnce = 20;

const toCode = (results: readonly Result[], isInterrupted: boolean): number => {
  if (isInterrupted) return answers.interrupted;
  const codes = new Set(results.map(({ code }) => code));
  if (codes.size === 1) return results[0]?.code ?? answers.asAsked;
  return answers.someOfMany;
};
