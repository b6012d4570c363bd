import type { Message } from "../../local/sqs/client.ts";
import { type AwsCall, AwsError, AwsUnreachable } from "../../shared/aws/json-client.ts";
import type { Job } from "../../shared/cancellation/job.ts";
import type { Operation } from "../../shared/operation.ts";
import type { QueueUrls } from "../../shared/queue/inbox.ts";
import { callInBatches } from "../../shared/queue/sqs.ts";
import { type JobStore, StoreThrottled, StoreUnavailable } from "../../shared/store/job-store.ts";
import { Refusal } from "../../shared/validation/failure.ts";
import { faultOf, idBeforeParking, readDeadLetter } from "./dead-letter.ts";
import { judge, type Verdict } from "./judge.ts";

export interface RedriveServices {
  readonly callSqs: AwsCall;
  readonly jobs: Pick<JobStore, "newest">;
  readonly print: (line: string) => void;
}

export interface Redrive {
  readonly operation: Operation;
  readonly queue: QueueUrls;
  /** Only tells what would be done. */
  readonly dryRun: boolean;
  /** How many messages to look at, at most. */
  readonly most: number;
}

/** What became of how many messages. */
export type Tally = Readonly<Record<Verdict["kind"] | "failed", number>>;

interface Judged {
  readonly kind: keyof Tally;
  readonly why: string;
  readonly job?: string;
}

/** What one call receives at most. */
const receiveLimit = 10;
/** For how long nobody else receives what this run holds. It ends sooner for what stays: with the run. */
const visibilitySeconds = 120;
/** A receive without waiting asks some of the servers of a queue only: that it finds nothing says little. */
const mostFruitless = 3;

/**
 * Looks at every message of a dead-letter queue once, and moves, settles or keeps it. After a failure it takes no more. A
 * message is sent before it is deleted: whatever happens between, its cancel may come twice, which is harmless, and never
 * gets lost.
 */
export const redrive = async ({ callSqs, jobs, print }: RedriveServices, asked: Redrive): Promise<Tally> => {
  const { operation, queue, dryRun, most } = asked;
  const tally = { moved: 0, settled: 0, kept: 0, failed: 0 };
  const seen = new Set<string>();
  /** The receipt handles of what stays, by message id. */
  const held = new Map<string, string>();
  /** What this run has sent, by the ids in the operation's queue. */
  const sent = new Set<string>();

  const receive = async (): Promise<readonly Message[]> => {
    const { Messages = [] } = await callSqs("ReceiveMessage", {
      QueueUrl: queue.deadLetters,
      MaxNumberOfMessages: Math.min(receiveLimit, most - seen.size),
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
    return Messages as readonly Message[];
  };

  const judgeOne = async (message: Message): Promise<Verdict & { readonly job?: string }> => {
    // The function behind the queue may park a message again while this run is still going on.
    if (sent.has(idBeforeParking(message) ?? "")) return { kind: "kept", why: "it was moved just now, and parked again" };
    const letter = readDeadLetter(operation, message);
    const job = await jobs.newest(letter.key);
    return { ...judge(letter, job, operation.service.cancel), job: describe(operation, letter.jobId, job) };
  };

  const settleOne = async (message: Message): Promise<Judged> => {
    try {
      const judged = await judgeOne(message);
      if (judged.kind === "kept" || dryRun) return judged;
      if (judged.kind === "moved") {
        const { MessageId } = await callSqs("SendMessage", { QueueUrl: queue.queue, MessageBody: message.Body });
        sent.add(String(MessageId));
      }
      await callSqs("DeleteMessage", { QueueUrl: queue.deadLetters, ReceiptHandle: message.ReceiptHandle });
      held.delete(message.MessageId);
      return judged;
    } catch (error) {
      if (error instanceof Refusal) return { kind: "kept", why: faultOf(error.failure) };
      return { kind: "failed", why: explain(error) };
    }
  };

  const fail = (why: string): void => {
    tally.failed++;
    print(why);
  };

  const settleBatch = async (): Promise<number> => {
    const messages = await receive();
    for (const { MessageId, ReceiptHandle } of messages) held.set(MessageId, ReceiptHandle);
    const fresh = messages.filter(({ MessageId }) => !seen.has(MessageId) && seen.add(MessageId));
    const settled = await Promise.all(fresh.map(async (message) => ({ message, ...(await settleOne(message)) })));
    for (const { message, kind, why, job } of settled) {
      tally[kind]++;
      print(`${message.MessageId} ${inWords(kind, dryRun)}${job === undefined ? "" : ` ${job}`}: ${why}`);
    }
    return fresh.length;
  };

  try {
    for (let fruitless = 0; fruitless < mostFruitless && seen.size < most && tally.failed === 0; )
      fruitless = (await settleBatch()) === 0 ? fruitless + 1 : 0;
  } catch (error) {
    fail(`the dead letters cannot be received: ${explain(error)}`);
  }
  try {
    await release(callSqs, queue.deadLetters, held);
  } catch (error) {
    fail(`what stays becomes visible again in ${visibilitySeconds} s only: ${explain(error)}`);
  }
  return tally;
};

/** The last line of a run. A failure is told only where there is one. */
export const summaryOf = ({ failed, ...tally }: Tally, dryRun: boolean): string => {
  const counts = Object.entries({ ...tally, ...(failed > 0 ? { failed } : {}) });
  return counts.map(([kind, count]) => `${count} ${inWords(kind as keyof Tally, dryRun)}`).join(", ");
};

const inWords = (kind: keyof Tally, dryRun: boolean): string =>
  dryRun && kind !== "failed" ? `would be ${kind}` : kind;

const describe = ({ service }: Operation, jobId: string, job: Job | undefined): string =>
  [service.name, jobId, ...(job ? [job.uid] : [])].join(" ");

/** Makes messages visible again. One that became so by itself is refused, which is as good. */
const release = async (callSqs: AwsCall, queueUrl: string, held: ReadonlyMap<string, string>): Promise<void> => {
  const entries = [...held.values()].map((ReceiptHandle, index) => ({
    Id: String(index),
    ReceiptHandle,
    VisibilityTimeout: 0,
  }));
  await callInBatches(callSqs, "ChangeMessageVisibilityBatch", queueUrl, entries);
};

/** The parsers' and the store's own errors may repeat a part of what they were given. */
const explain = (error: unknown): string => {
  const known = [AwsError, AwsUnreachable, StoreThrottled, StoreUnavailable].some((kind) => error instanceof kind);
  if (known) return (error as Error).message;
  return error instanceof Error ? error.name : "an unknown error";
};
