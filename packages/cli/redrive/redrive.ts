import { type AwsCall, AwsError, AwsUnreachable } from "../../../shared/adapters/aws-client/json-client.ts";
import type { QueueUrls } from "../../../shared/adapters/sqs/source-queue.ts";
import type { Message } from "../../../shared/adapters/sqs/sqs.ts";
import type { Instant, Job } from "../../../shared/domain/job.ts";
import { timestamp } from "../../../shared/domain/timestamp.ts";
import type { CancelOperation } from "../../../shared/operations/define.ts";
import { type JobStore, StoreThrottled, StoreUnavailable } from "../../../shared/ports/job-store.ts";
import { RequestRejected } from "../../../shared/validation/request-error.ts";
import { explainRefusal, originalMessageId, readDeadLetter } from "./dead-letter.ts";
import { holdMessages, visibilitySeconds } from "./held-messages.ts";
import { judgeDeadLetter, type Verdict } from "./judge-dead-letter.ts";

export interface RedriveServices {
  readonly callSqs: AwsCall;
  readonly jobs: Pick<JobStore, "newest">;
  readonly print: (line: string) => void;
}

export interface Redrive {
  readonly operation: CancelOperation;
  readonly queue: QueueUrls;
  /** Tells what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly maxMessages: number;
}

/** Counts the messages by what became of them. */
export type Tally = Readonly<Record<Verdict["kind"] | "failed", number>>;

interface Settled {
  readonly kind: keyof Tally;
  readonly why: string;
  readonly job?: string;
}

/** A receive that does not wait asks only some of the servers of a queue: that it finds nothing says little. */
const maxFruitless = 3;

/**
 * Checks every message of a dead-letter queue once, and moves, settles or keeps it. After a failure it takes no more.
 * A message is sent before it is removed: whatever happens between, its cancel may come twice, which is harmless, and
 * never gets lost.
 */
export const redrive = async ({ callSqs, jobs, print }: RedriveServices, asked: Redrive): Promise<Tally> => {
  const { operation, queue, dryRun, maxMessages } = asked;
  const deadLetters = holdMessages(callSqs, queue.deadLetters);
  const tally = { moved: 0, settled: 0, kept: 0, failed: 0 };
  const seen = new Set<string>();
  /** By their ids in the operation's queue. */
  const sent = new Set<string>();

  const judgeOne = async (message: Message): Promise<Verdict & Settled & { readonly sentAt?: Instant }> => {
    // The function behind the queue may dead-letter a message again while this run is still under way.
    if (sent.has(originalMessageId(message) ?? ""))
      return { kind: "kept", why: "it was moved just now and dead-lettered again" };
    const letter = readDeadLetter(operation, message);
    const job = await jobs.newest(letter.key);
    return {
      sentAt: letter.sentAt,
      ...judgeDeadLetter(letter, job, operation.service.cancel),
      job: describeJob(operation, letter.jobId, job),
    };
  };

  const settleOne = async (message: Message): Promise<Settled> => {
    try {
      const judged = await judgeOne(message);
      if (judged.kind === "kept" || dryRun) return judged;
      if (judged.kind === "moved") {
        const { MessageId } = await callSqs("SendMessage", {
          QueueUrl: queue.queue,
          MessageBody: message.Body,
          // A cancel never gets younger by being sent again.
          MessageAttributes: {
            SentAt: { DataType: "String", StringValue: timestamp(judged.sentAt ?? 0) },
          },
        });
        sent.add(String(MessageId));
      }
      await deadLetters.remove(message);
      return judged;
    } catch (error) {
      if (error instanceof RequestRejected) return { kind: "kept", why: explainRefusal(error.failure) };
      return { kind: "failed", why: explain(error) };
    }
  };

  /** Returns how many messages there were that this run had not seen. */
  const settleBatch = async (): Promise<number> => {
    const received = await deadLetters.receive(maxMessages - seen.size);
    const fresh = received.filter(({ MessageId }) => !seen.has(MessageId) && seen.add(MessageId));
    const settled = await Promise.all(fresh.map(async (message) => ({ message, ...(await settleOne(message)) })));
    for (const { message, kind, why, job } of settled) {
      tally[kind]++;
      print(`${message.MessageId} ${verdictOf(kind, dryRun)}${job === undefined ? "" : ` ${job}`}: ${why}`);
    }
    return fresh.length;
  };

  const orFail = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      tally.failed++;
      print(`${what}: ${explain(error)}`);
    }
  };

  await orFail("the dead letters cannot be received", async () => {
    for (let fruitless = 0; fruitless < maxFruitless && seen.size < maxMessages && tally.failed === 0; )
      fruitless = (await settleBatch()) === 0 ? fruitless + 1 : 0;
  });
  await orFail(`what stays is visible again only after ${visibilitySeconds} s`, deadLetters.release);
  return tally;
};

/** Writes the last line of a run. */
export const toSummary = ({ failed, ...tally }: Tally, dryRun: boolean): string => {
  const counts = Object.entries({ ...tally, ...(failed > 0 ? { failed } : {}) });
  return counts.map(([kind, count]) => `${count} ${verdictOf(kind as keyof Tally, dryRun)}`).join(", ");
};

const verdictOf = (kind: keyof Tally, dryRun: boolean): string =>
  dryRun && kind !== "failed" ? `would be ${kind}` : kind;

const describeJob = ({ service }: CancelOperation, jobId: string, job: Job | undefined): string =>
  [service.name, jobId, ...(job ? [job.uid] : [])].join(" ");

/** Names the error. The message of an unknown one may repeat a part of what was received. */
const explain = (error: unknown): string => {
  const isKnown = [AwsError, AwsUnreachable, StoreThrottled, StoreUnavailable].some((kind) => error instanceof kind);
  if (isKnown) return (error as Error).message;
  return error instanceof Error ? error.name : "an unknown error";
};
