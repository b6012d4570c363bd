import type { CancelRules } from "../../shared/cancellation/decide-cancel.ts";
import { isTerminal, type Job } from "../../shared/cancellation/job.ts";
import type { DeadLetter } from "./dead-letter.ts";

/**
 * What becomes of a dead letter: `moved` goes back into its queue, `settled` has nothing left to do and is removed, `kept`
 * waits for a person. `why` is for that person.
 */
export interface Verdict {
  readonly kind: "moved" | "settled" | "kept";
  readonly why: string;
}

/** Whether a cancel still matters to the newest incarnation of its job. */
export const judge = (letter: DeadLetter, job: Job | undefined, rules: CancelRules): Verdict => {
  if (job === undefined) return judgeUnknown(letter);
  if (isTerminal(job.state)) return settled(`its job has ended: ${job.state}`);
  if (job.state === "stopping") return settled("its job is being stopped already");
  if (job.registeredAt > letter.parkedAt && letter.reason !== "not-found") return judgeSuccessor(letter);
  if (!rules.jobTypes.includes(job.jobType)) return kept("jobs of this type cannot be cancelled");
  if (!rules.states.includes(job.state)) return settled(`too late: its job is ${job.state}`);
  return letter.redacted ? kept(redacted) : moved(`its job is ${job.state}`);
};

const judgeUnknown = ({ redacted: isRedacted, ifUnknown }: DeadLetter): Verdict => {
  if (isRedacted) return kept(redacted);
  if (ifUnknown === "tombstone") return moved("there is still no such job, and the cancel is to be remembered");
  return kept("there is still no such job");
};

/**
 * The job was registered after the message had been parked, and a cancel of one incarnation must not touch the next.
 * Where the message found no job then, this is the one that it waited for; in all other cases it may have meant another.
 */
const judgeSuccessor = ({ reason }: DeadLetter): Verdict =>
  reason !== undefined && provesAJob.has(reason)
    ? settled("its job has ended: another has the same id now")
    : kept("its job may be another that had the same id before: send it again if the one of now is meant");

/** These are told only of a job that was there. */
const provesAJob: ReadonlySet<string> = new Set(["wrong-secret", "unsupported-type"]);

const redacted = "its secrets were redacted: send it again, with secretRef for a password";

const moved = (why: string): Verdict => ({ kind: "moved", why });
const settled = (why: string): Verdict => ({ kind: "settled", why });
const kept = (why: string): Verdict => ({ kind: "kept", why });
