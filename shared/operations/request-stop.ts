import {
  type CancelCommand,
  type CancelVerdict,
  decideCancel,
  decideUnseen,
  isLater,
} from "../domain/decide-cancel.ts";
import type { Job } from "../domain/job.ts";
import type { Services } from "../ports/services.ts";
import { type JobName, type Settled, settle } from "./apply-decision.ts";

/** What a claim needs besides the command. */
export type StopServices = Pick<Services, "jobs" | "clock" | "backends" | "reconcileQueue">;

/** The verdict on a job that a caller would leave alone by now, though it may be cancelled. */
export type Precondition<Verdict> = (job: Job) => Verdict | undefined;

/**
 * Decides about a cancel and claims it in one write; the backend is asked to stop, and a follow-up asked for, only once
 * that is durable. By native identity the first attempt is made unseen; a caller who names an incarnation has seen it.
 */
export const requestStop =
  (services: StopServices) =>
  async <Verdict = never>(
    name: JobName,
    command: CancelCommand,
    precondition: Precondition<Verdict> = () => undefined,
  ): Promise<Settled<CancelVerdict | Verdict>> => {
    const { jobs, clock } = services;
    const first = name.uid === undefined ? decideUnseen(command) : undefined;
    const decide = (job: Job | undefined) => {
      const left = job && precondition(job);
      return left === undefined ? decideCancel(job, command, clock.now()) : { outcome: left };
    };
    const settled = await settle<CancelVerdict | Verdict>(jobs, name, decide, first);
    const { verdict, job } = settled;
    if (job?.supersedes !== undefined && isLater(job, command))
      return requestStop(services)({ uid: job.supersedes }, command, precondition);
    if (verdict === "accepted" && job?.cancellation?.repeats === 0) await stop(services, job);
    return settled;
  };

/** The order may get lost here: the follow-up gives it again. */
const stop = async ({ backends, reconcileQueue, clock }: StopServices, job: Job): Promise<void> => {
  const delaySeconds = ((job.dueAt ?? 0) - clock.now()) / 1000;
  const ordered = job.state === "stopping" ? backends[job.backend.kind].stop(job, 0).catch(() => {}) : undefined;
  await Promise.all([ordered, reconcileQueue.schedule([{ uid: job.uid, delaySeconds }])]);
};
