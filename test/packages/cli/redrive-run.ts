import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import { type Redrive, type RedriveServices, redrive, toSummary } from "../../../packages/cli/redrive/redrive.ts";
import type { QueueUrls } from "../../../shared/adapters/sqs/source-queue.ts";
import type { RedriveStack } from "./redrive-stack.ts";

export const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

/** A message that asks for a SQL job to be cancelled. */
export const cancelBody = (jobId: string, also: object = {}) =>
  JSON.stringify({ operation: "cancel-sql-job", parameters: { project_id: projectId, job_id: jobId }, ...also });

/** One run of the SQL jobs' dead letters, if not told otherwise, and what it printed. */
export const redriven = async (
  { callSqs, jobs }: RedriveStack,
  queue: QueueUrls,
  asked: Partial<Redrive> = {},
  services: Partial<RedriveServices> = {},
) => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const all = { operation: cancelSqlJob, queue, dryRun: false, maxMessages: Number.POSITIVE_INFINITY, ...asked };
  const tally = await redrive({ callSqs, jobs, print, ...services }, all);
  return { lines, summary: toSummary(tally, all.dryRun) };
};

/** The real calls, but for what the test says of one operation. */
export const insteadOf = (
  { callSqs }: RedriveStack,
  operation: string,
  instead: (input: object, call: () => Promise<object>) => Promise<object>,
) => ({
  callSqs: async (asked: string, input: object) => {
    const call = () => callSqs(asked, input);
    return { ...(await (asked === operation ? instead(input, call) : call())) };
  },
});

export const nothing = { visible: 0, inFlight: 0 };
export const one = { visible: 1, inFlight: 0 };

/** One message that is moved, one that is settled and one that is kept. */
export const oneOfEach = async (stack: RedriveStack) => {
  const queue = await stack.queue();
  const running = await stack.registered();
  const ended = await stack.registered({ state: "succeeded" });
  const bodies = [
    cancelBody(running.jobId, { reason: "stale" }),
    cancelBody(ended.jobId),
    cancelBody("unknown"),
  ] as const;
  await stack.deadLetter(queue, bodies[0], "forbidden");
  const settled = await stack.send(queue.deadLetters, bodies[1]);
  await stack.deadLetter(queue, bodies[2], "not-found");
  return { queue, running, ended, bodies, settled };
};
