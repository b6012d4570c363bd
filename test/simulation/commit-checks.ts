import { type Item, toJob } from "../../shared/adapters/dynamodb/job-item.ts";
import { isStronger } from "../../shared/domain/assurance.ts";
import { type Cancellation, isTerminal, type Job, type JobState } from "../../shared/domain/job.ts";
import { uidToTime } from "../../shared/domain/job-key.ts";
import { eventId } from "../../shared/domain/outcome-event.ts";
import { type CommitCheck, isJob } from "./history.ts";
import type { Violate } from "./setting.ts";

const moves: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ["running", "cancelled", "failed"],
  running: ["stopping", "succeeded", "failed"],
  stopping: ["cancelled", "succeeded"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

const outcomes = ["stopping", "not-stopped", "stopped", "completed-first"];

/** Holds every commit against the one before it. `isTold` says whether the bus has taken an event. */
export const commitChecks =
  (violate: Violate, isTold: (id: string) => boolean): CommitCheck =>
  ({ item }, stood, before) => {
    checkPlace(violate, item, stood);
    if (!isJob(item)) return;
    const job = toJob(item);
    checkQueues(violate, item, job);
    checkReceipt(violate, job);
    if (before === undefined) return;
    const earlier = toJob(before);
    checkJob(violate, earlier, job);
    if (earlier.cancellation) checkCancellation(violate, earlier.cancellation, job.cancellation);
    for (const announcement of earlier.outbox ?? [])
      if (!job.outbox?.includes(announcement) && !isTold(eventId(job, announcement)))
        violate("an announcement left the outbox untold", announcement);
  };

const checkPlace = (violate: Violate, item: Item, stood: Item | undefined): void => {
  if (item.sk?.S !== "current" || stood?.uid?.S === undefined) return;
  if (item.tombstone) violate("a tombstone took a job's place");
  const uid = item.uid?.S ?? "";
  if (uid === stood.uid.S || item.tombstone) return;
  if (uidToTime(uid) <= uidToTime(stood.uid.S)) violate("uids do not ascend");
  if (!isTerminal(toJob(stood).state)) violate("an active incarnation was superseded");
};

const checkQueues = (violate: Violate, item: Item, { state, outbox = [] }: Job): void => {
  const due = item.dueKey?.S ?? "";
  const isActive = !isTerminal(state);
  if (state === "stopping" && !due.startsWith("reconcile#")) violate("stopping, and nobody will check");
  if ((state === "running" || state === "queued") && !due.startsWith("cleanup#"))
    violate(`${state}, and no cleanup will see it`);
  if (outbox.length > 0 && !due.startsWith("reconcile#")) violate("an outbox that nobody looks into");
  if (isActive !== (item.activeKey !== undefined)) violate("the index of active jobs is wrong");
  if (isActive && item.activeKey?.S?.startsWith("stopping#") !== (state === "stopping"))
    violate("in the wrong part of the index");
  if (!isActive && item.expiresAt === undefined) violate("ended without a time to live");
};

const checkReceipt = (violate: Violate, { state, cancellation }: Job): void => {
  if (state === "cancelled" && !cancellation?.evidence) violate("cancelled without evidence");
  if (cancellation === undefined) return;
  const { steps, evidence, requestedAt, outcome } = cancellation;
  if (state === "succeeded" && outcome !== "completed-first") violate("succeeded, and not completed-first");
  if (steps.some(({ at }, i) => at < (steps[i - 1]?.at ?? at))) violate("steps are not in the order of time", steps);
  if (steps.filter(({ step }) => step === "stop-request-delivered").length > 1)
    violate("a stop request delivered twice");
  if (evidence && evidence.at < requestedAt) violate("evidence from before the request", requestedAt - evidence.at);
};

const checkJob = (violate: Violate, before: Job, after: Job): void => {
  if (before.state !== after.state && !moves[before.state].includes(after.state))
    violate(`${before.state} became ${after.state}`);
  if (isTerminal(before.state) && before.endedAt !== after.endedAt) violate("an end moved");
  if (after.heartbeatAt < before.heartbeatAt)
    violate(`a sign of life was taken back while ${after.state}`, before.heartbeatAt - after.heartbeatAt);
  if (before.cancellation && !after.cancellation) violate("a cancellation is gone");
};

const checkCancellation = (violate: Violate, before: Cancellation, after: Cancellation | undefined): void => {
  if (after === undefined) return;
  const isSame = (["requestedAt", "requestedBy", "trigger", "reason"] as const).every(
    (name) => before[name] === after[name],
  );
  if (!isSame) violate("a claim changed");
  if (!same(after.steps.slice(0, before.steps.length), before.steps)) violate("a step changed");
  if (after.repeats < before.repeats || after.repeats > before.repeats + 1) violate("repeats jumped");
  if (outcomes.indexOf(after.outcome) < outcomes.indexOf(before.outcome)) violate("an outcome went down");
  if ((after.contradictionCount ?? 0) < (before.contradictionCount ?? 0)) violate("a contradiction is gone");
  const isStep = after.steps.length > before.steps.length;
  if (after.assurance !== before.assurance && !isStep) violate("an assurance changed silently");
  if (before.evidence === undefined || same(before.evidence, after.evidence)) return;
  const isUp = after.evidence && before.assurance && isStronger(after.evidence.kind, before.assurance);
  if (!isUp || !isStep) violate("evidence changed for no better");
};

/** Whatever the order of the members. */
const same = (one: unknown, other: unknown): boolean => sorted(one) === sorted(other);

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
