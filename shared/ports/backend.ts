import type { EscalationSteps, Probe } from "../domain/decide-reconcile.ts";
import type { Instant, Job } from "../domain/job.ts";

export type StopAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "unavailable"; readonly retryAfterMs?: number };

/** Stops the work of a job, and tells by itself whether it stopped. */
export interface Backend {
  readonly escalationSteps: EscalationSteps;
  /** Called only after the claim of this step is durable, and again at every check: it must be idempotent. */
  stop(job: Job, escalationStep: number): Promise<StopAnswer>;
  probe(job: Job, now: Instant): Promise<Probe>;
}

export type Backends = Readonly<Record<string, Backend>>;
