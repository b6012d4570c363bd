import { expect } from "vitest";
import type { Job } from "../../../shared/domain/job.ts";
import { type Standdown, until } from "../end-to-end/end-to-end.ts";
import { awsOf } from "../end-to-end/end-to-end-aws.ts";
import { announcedIds, outcomesByMessage, readTable, tableOf } from "../requests/cancel-evidence.ts";
import { type Flood, floodedOperations } from "./cancel-flood.ts";
import type { Poured } from "./pour-flood.ts";

/** What a flood came to, for people to read. */
export interface Tally {
  readonly messages: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cancelled: number;
  readonly deadLettered: number;
  /** How many messages came again, all their attempts together. */
  readonly retried: number;
  readonly duplicates: number;
  /** Events beyond the first of each id. */
  readonly eventsAgain: number;
}

/**
 * Fails unless every message was settled once, as planned: those for jobs in the table, the poison ones in the
 * dead-letter queues, and nothing else there or on the bus. Only the count of repeats may be higher. A message that
 * comes again after its write was done counts as a repeat of itself. So does a write of which the answer was lost, if
 * another one about the same job has come before it is tried again.
 */
export const expectAllOnce = async (
  standdown: Standdown,
  flood: Flood,
  { sent, seconds }: Poured,
  lostAnswers = 0,
): Promise<Tally> => {
  const attempts = await settledAttempts(standdown, sent);
  const letters = await expectDeadLetters(standdown, sent);
  const again = new Map<string, number>();
  for (const [id, { uid = "" }] of sent) again.set(uid, (again.get(uid) ?? 0) + (attempts.get(id) ?? 0));

  const { jobs, tombstones } = await readTable(tableOf(standdown));
  expect(new Set(jobs.keys())).toEqual(new Set(flood.jobs.map(({ uid }) => uid)));
  expect(tombstones).toEqual(flood.tombstones);
  const wrong = [...jobs.values()].flatMap((job) => {
    const { uid, service, jobId, state, cancellation } = job;
    const repeats = flood.repeats.get(uid);
    const more = (again.get(uid) ?? 0) + (repeats ? lostAnswers : 0);
    const isRight = repeats === undefined ? isLeftAlone(job) : isCancelledOnce(job, repeats, repeats + more);
    return isRight ? [] : [{ service, jobId, state, cancellation, expected: { repeats, more } }];
  });
  expect(wrong).toEqual([]);

  const announced = await announcedIds(standdown);
  expect(new Set(announced)).toEqual(flood.events);
  const retried = [...attempts.values()].reduce((sum, count) => sum + count, 0);
  return {
    messages: sent.size,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(sent.size / seconds),
    cancelled: flood.repeats.size,
    deadLettered: letters,
    retried,
    duplicates: flood.messages.length - new Set(flood.messages.map(({ body }) => body)).size,
    eventsAgain: announced.length - flood.events.size,
  };
};

/** How often each message came again before it was settled. */
const settledAttempts = async (standdown: Standdown, sent: Poured["sent"]): Promise<ReadonlyMap<string, number>> => {
  const check = async () => {
    const answers = await outcomesByMessage(standdown);
    const unsettled = [...sent.keys()].filter((id) => !answers.get(id)?.some(isEnd)).length;
    return { answers, unsettled };
  };
  // A message may leave its queue before the line about it is written.
  const { answers } = await until(check, ({ unsettled }) => unsettled === 0, 5_000);
  const attempts = new Map<string, number>();
  const wrong: object[] = [];
  for (const [id, planned] of sent) {
    const told = answers.get(id) ?? [];
    const ends = told.filter(isEnd);
    attempts.set(id, told.length - ends.length);
    const isPlanned = planned.end === "done" ? !ends[0]?.startsWith("dead-lettered") : ends[0] === planned.end;
    if (ends.length !== 1 || !isPlanned) wrong.push({ ...planned, told });
  }
  expect(wrong).toEqual([]);
  expect(answers.size).toBe(sent.size);
  return attempts;
};

const isEnd = (outcome: string): boolean => outcome !== "retry";

/** Each queue's dead letters are its own poison messages, once each and with the reason. */
const expectDeadLetters = async (standdown: Standdown, sent: Poured["sent"]): Promise<number> => {
  const aws = awsOf(standdown);
  let count = 0;
  for (const { operation } of floodedOperations) {
    const letters = await aws.allDeadLetters(operation);
    const found = letters.map(({ MessageAttributes: given = {} }) => ({
      id: given.MessageId?.StringValue,
      end: `dead-lettered: ${given.Reason?.StringValue}`,
      hasDetail: Boolean(given.Detail?.StringValue),
    }));
    const poison = [...sent].filter(([, planned]) => planned.operation === operation && planned.end !== "done");
    const planned = poison.map(([id, { end }]) => ({ id, end, hasDetail: true }));
    expect(found.sort(byId)).toEqual(planned.sort(byId));
    count += found.length;
  }
  aws.stop();
  return count;
};

const byId = (one: { readonly id?: string | undefined }, other: { readonly id?: string | undefined }): number =>
  (one.id ?? "") < (other.id ?? "") ? -1 : 1;

const isLeftAlone = ({ state, cancellation }: Job): boolean =>
  cancellation === undefined && (state === "queued" || state === "running");

const isCancelledOnce = ({ state, cancellation }: Job, minRepeats: number, maxRepeats: number): boolean =>
  cancellation !== undefined &&
  state === (cancellation.outcome === "stopped" ? "cancelled" : "stopping") &&
  cancellation.steps.filter(({ step }) => step === "stop-requested").length === 1 &&
  cancellation.repeats >= minRepeats &&
  cancellation.repeats <= maxRepeats;
