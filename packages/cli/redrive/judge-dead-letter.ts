import { isTerminal, type Job } from "../../../shared/domain/job.ts";
import { type CancelRules, mayCancel } from "../../../shared/domain/may-cancel.ts";
import type { DeadLetter } from "./dead-letter.ts";

/**
 * Says what becomes of a dead letter: `moved` goes back into its queue, `settled` has nothing left to do and is removed,
 * `kept` waits for a person. `why` is for that person.
 */
export interface Verdict {
  readonly kind: "moved" | "settled" | "kept";
  readonly why: string;
}

/** Says whether a cancel still matters to the newest incarnation of its job. */
export const judgeDeadLetter = (letter: DeadLetter, job: Job | undefined, rules: CancelRules): Verdict => {
  if (job === undefined) return judgeUnknown(letter);
  if (job.state === "stopping") return settled("its job is being stopped already");
  switch (mayCancel(job, { rules, askedAt: letter.sentAt, beforeJob: letter.ifUnknown === "tombstone" })) {
    case "not-found":
      return job.supersedes === undefined
        ? kept("its job was registered after it was sent: send it anew if that one is meant")
        : settled("its job has ended: another has the same id now");
    case "too-late":
      return settled(isTerminal(job.state) ? `its job has ended: ${job.state}` : `too late: its job is ${job.state}`);
    case "unsupported-type":
      return isTerminal(job.state)
        ? settled(`its job has ended: ${job.state}`)
        : kept("jobs of this type cannot be cancelled");
    default:
      return letter.redacted ? kept(redacted) : moved(`its job is ${job.state}`);
  }
};

const judgeUnknown = ({ redacted: isRedacted, ifUnknown }: DeadLetter): Verdict => {
  if (isRedacted) return kept(redacted);
  if (ifUnknown === "tombstone") return moved("there is still no such job, and the cancel is to be remembered");
  return kept("there is still no such job");
};

const redacted = "its secrets were redacted: send it again, with secretRef in place of the secret";

const moved = (why: string): Verdict => ({ kind: "moved", why });
const settled = (why: string): Verdict => ({ kind: "settled", why });
const kept = (why: string): Verdict => ({ kind: "kept", why });
