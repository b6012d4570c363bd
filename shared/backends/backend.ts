import type { Job } from "../cancellation/job.ts";

/** What a backend says when it is asked to stop a job: the order is on its way. */
export interface StopAnswer {
  readonly kind: "accepted";
}

/** What can stop the work of a job. Asked only after the claim is durable, and safe to ask twice. */
export interface Backend {
  stop(job: Job): Promise<StopAnswer>;
}

export type Backends = Readonly<Record<Job["backend"]["kind"], Backend>>;
