import { type CancelCommand, type CancelVerdict, decideCancel, decideUnseen } from "../cancellation/decide-cancel.ts";
import type { Services } from "../services.ts";
import { type JobName, type Settled, settle } from "./settle.ts";

/**
 * Decides about a cancel and claims it in one write; the backend is asked to stop only once that is durable. By native
 * identity the first attempt is made unseen; a caller who names an incarnation has seen it.
 */
export const claimAndStop =
  ({ jobs, clock, backends }: Pick<Services, "jobs" | "clock" | "backends">) =>
  async (name: JobName, command: CancelCommand): Promise<Settled<CancelVerdict>> => {
    const first = name.uid === undefined ? decideUnseen(command) : undefined;
    const settled = await settle(jobs, name, (job) => decideCancel(job, command, clock.now()), first);
    const { verdict, job } = settled;
    if (verdict === "accepted" && job?.state === "stopping") await backends[job.backend.kind].stop(job);
    return settled;
  };
