import type { EscalationSteps, Probe } from "../domain/decide-reconcile.ts";
import type { Instant, Job } from "../domain/job.ts";

/** What a backend says when it is asked to stop a job: the request is on its way, or could not be made now. */
export type StopAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "unavailable"; readonly retryAfterMs?: number };

/** What can stop the work of a job, and tell by itself whether it stopped. */
export interface Backend {
  readonly escalationSteps: EscalationSteps;
  /** Asked only after the claim of this step is durable, and again at every check: it must be safe to ask twice. */
  stop(job: Job, escalationStep: number): Promise<StopAnswer>;
  probe(job: Job, now: Instant): Promise<Probe>;
}

/** By their kinds. */
export type Backends = Readonly<Record<string, Backend>>;
