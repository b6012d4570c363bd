import { authorizeAnywhere, isAuthorized } from "../../shared/auth/authorize.ts";
import { type JobAction, permissionFor } from "../../shared/auth/job-permission.ts";
import { isForeign, type Job, type Tombstone } from "../../shared/domain/job.ts";
import { uidPattern } from "../../shared/domain/job-key.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import type { HttpRequest } from "../../shared/entrypoints/http-request.ts";
import type { Noted } from "../../shared/entrypoints/log-requests.ts";
import { readJob } from "../../shared/operations/apply-decision.ts";
import type { Ownership } from "../../shared/ports/job-store.ts";
import type { Services } from "../../shared/ports/services.ts";

/** How a request to the job API ended; everything but `ok` is worded in answers.ts. */
export type JobAnswer =
  | { readonly kind: "ok"; readonly status: number; readonly body: object; readonly headers?: Record<string, string> }
  | { readonly kind: "job-not-found" }
  | { readonly kind: "no-cancellation" }
  /** By a job of another account, of which nothing else is told. */
  | { readonly kind: "id-taken" }
  | { readonly kind: "cancelled-before-start"; readonly tombstone: Tombstone }
  | { readonly kind: ConflictKind; readonly job: Job };

export type ConflictKind =
  | "job-already-active"
  | "job-ended"
  | "not-started"
  | "not-cancelled"
  | "too-late"
  | "unsupported-type";

export interface Call {
  readonly request: HttpRequest;
  readonly services: Services;
  readonly principal: Principal;
  readonly noted: Noted;
}

export type Endpoint = (call: Call) => Promise<JobAnswer>;

export const mayTouch = (principal: Principal, action: JobAction, { service, owner, account }: Ownership): boolean =>
  isAuthorized(principal, permissionFor(action, service, owner)) && !isForeign({ account }, principal.account);

/**
 * The uid in the path, if it is of a job that the principal may touch. A job that it may not touch is not told apart
 * from one that does not exist; whoever may touch none at all is told that instead.
 */
export const uidOfPath = async (
  action: JobAction,
  { request, services, principal }: Call,
): Promise<string | undefined> => {
  authorizeAnywhere(principal, `standdown:${action}`);
  const uid = request.pathParameters.uid ?? "";
  const ownership = uidPattern.test(uid) ? await services.jobs.ownership(uid) : undefined;
  return ownership && mayTouch(principal, action, ownership) ? uid : undefined;
};

/** The job that the path names, as it is now. */
export const jobOfPath = async (action: JobAction, call: Call): Promise<Job | undefined> => {
  const uid = await uidOfPath(action, call);
  if (uid === undefined) return undefined;
  const job = await readJob(call.services.jobs, uid, call.services.clock.now());
  call.noted.job = job;
  return job;
};
