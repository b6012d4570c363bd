import type { EscalationSteps, Probe } from "../domain/decide-reconcile.ts";
import type { Instant, Job } from "../domain/job.ts";
import type { Sessions } from "./sessions.ts";

export type StopAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "unavailable"; readonly retryAfterMs?: number };

/** Stops the work of a job, and tells by itself whether it stopped. */
export interface Backend {
  readonly escalationSteps: EscalationSteps;
  /** Called only after the claim of this step is durable, and again at every check: it must be idempotent. */
  stop(job: Job, escalationStep: number): Promise<StopAnswer>;
  probe(job: Job, now: Instant): Promise<Probe>;
  /** Whether its probe sees more than the work says of itself: then it is asked once more after the work has reported. */
  readonly isWitness?: boolean;
}

/** What backends reach the outside by. A function that has no part of it leaves the work to those that do. */
export interface BackendAccess {
  readonly sessions?: Sessions | undefined;
}

export type OpenBackend = (access: BackendAccess) => Backend;

export type Backends = Readonly<Record<string, Backend>>;
