import { decideHeartbeat, type ReportOutcome, renewUnseen } from "../domain/decide-report.ts";
import { postpone } from "../domain/staleness.ts";
import type { Services } from "../ports/services.ts";
import { type Applied, applyDecision } from "./apply-decision.ts";

/** Renews a lease by one write, or starts a job. About every fifth heartbeat also moves the job's entry in the due queue. */
export const recordHeartbeat = async (
  { jobs, clock, log }: Pick<Services, "jobs" | "clock" | "log">,
  uid: string,
  start: boolean,
): Promise<Applied<ReportOutcome>> => {
  const first = start ? undefined : renewUnseen(uid, clock.now());
  const applied = await applyDecision(jobs, { uid }, (job) => decideHeartbeat(job, start, clock.now()), first);
  const later = applied.job && postpone(applied.job);
  // The lease is renewed, whatever becomes of this: the cleanup puts back what it meets alive.
  if (later)
    await jobs
      .changeIncarnation(uid, later)
      .catch((error: unknown) => log.error("a live job could not be postponed", { uid }, error));
  return applied;
};
