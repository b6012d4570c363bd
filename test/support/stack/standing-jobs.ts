import type { Change } from "../../../shared/domain/change.ts";
import { type CancelCommand, decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import { decideFinish } from "../../../shared/domain/decide-report.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../../shared/domain/job-key.ts";
import type { JobStore } from "../../../shared/ports/job-store.ts";
import { aJob, now } from "./jobs.ts";

export const command: CancelCommand = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: ["half a table"] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
};

/** Brings jobs of a store into the states that its contracts start from. */
export const standingJobs = (jobs: () => JobStore) => {
  const changed = async ({ uid }: Job, change: Change | undefined): Promise<Job> => {
    const written = change && (await jobs().changeIncarnation(uid, change));
    if (!written?.applied) throw new Error("the change did not apply");
    return written.job;
  };

  const registered = async (given: Partial<Job> = {}): Promise<Job> => {
    const job = aJob(given);
    await jobs().register(job, job.uid);
    return job;
  };

  const stopping = async (given: Partial<Job> = {}): Promise<Job> =>
    changed(await registered(given), decideUnseen(command).change);

  /** Ended by its cancellation, which nobody outside has heard of yet. */
  const stopped = async (given: Partial<Job> = {}): Promise<Job> => {
    const job = await stopping(given);
    return changed(job, decideFinish(job, { outcome: "cancelled" }, "worker-1", now + 5).change);
  };

  /** The next incarnation of a job that has ended. */
  const registeredAgain = async (ended: Job): Promise<Job> => {
    const { scope, owner, jobId, service } = ended;
    const uid = jobUid(now + 10, uidToKey(ended.uid));
    const { job } = await jobs().register(aJob({ scope, owner, jobId, service, uid }), `again ${uid}`);
    if (job?.uid !== uid) throw new Error("the id is still taken");
    return job;
  };

  return { changed, registered, stopping, stopped, registeredAgain };
};
