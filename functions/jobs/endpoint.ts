import type * as v from "valibot";
import { authorizeAnywhere, isAuthorizedByAny } from "../../shared/auth/authorize.ts";
import { type JobAction, mayCancelJob, permissionFor } from "../../shared/auth/job-permission.ts";
import { type Cancellation, isForeign, type Job, type Tombstone } from "../../shared/domain/job.ts";
import { uidPattern } from "../../shared/domain/job-key.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import type { HttpOutcome } from "../../shared/entrypoints/http.ts";
import type { HttpRequest } from "../../shared/entrypoints/http-request.ts";
import { readJob } from "../../shared/operations/apply-decision.ts";
import type { Ownership } from "../../shared/ports/job-store.ts";
import type { Services } from "../../shared/ports/services.ts";
import { findCancelOperation } from "../registry.ts";

/** Everything but `ok` is worded in replies.ts. */
export type JobOutcome = HttpOutcome &
  (
    | {
        readonly kind: "ok";
        readonly status: number;
        readonly body: object;
        readonly headers?: Record<string, string>;
      }
    | { readonly kind: "job-not-found" }
    | { readonly kind: "no-cancellation" }
    /** By a job of another account. */
    | { readonly kind: "id-taken" }
    | { readonly kind: "cancelled-before-start"; readonly tombstone: Tombstone }
    /** Registered before by the same Idempotency-Key, and stopped since. */
    | { readonly kind: "already-cancelled"; readonly job: Job; readonly cancellation: Cancellation }
    | { readonly kind: ConflictKind; readonly job: Job }
  );

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
}

export interface NamedSchema {
  readonly name: string;
  readonly schema: v.GenericSchema;
}

/** One endpoint of the job API: routes, events, 405s and the OpenAPI document derive from it. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: `/jobs${string}` | "/receipts";
  readonly action: JobAction;
  readonly summary: string;
  readonly body?: NamedSchema & { readonly required: boolean };
  readonly query?: { readonly name: string; readonly schema: v.StrictObjectSchema<v.ObjectEntries, undefined> };
  readonly headers?: Readonly<Record<string, v.GenericSchema>>;
  readonly responses: Readonly<Record<number, NamedSchema & { readonly description: string }>>;
  readonly problems: readonly number[];
  readonly perform: (call: Call) => Promise<JobOutcome>;
}

export const routeOf = ({ method, path }: Pick<Endpoint, "method" | "path">): string => `${method} ${path}`;

export const mayTouch = (principal: Principal, action: JobAction, job: Ownership): boolean =>
  !isForeign(job, principal.account) &&
  (action === "CancelJob"
    ? mayCancelJob(principal, job, findCancelOperation(job.service).permission)
    : isAuthorizedByAny(principal, [permissionFor(action, job.service, job.owner)]));

/** Returns the uid in the path, unless the principal may not touch its job: that one is not told from a job that does not exist. */
export const uidOfPath = async (
  action: JobAction,
  { request, services, principal }: Call,
): Promise<string | undefined> => {
  authorizeAnywhere(principal, `standdown:${action}`);
  const uid = request.pathParameters.uid ?? "";
  if (!uidPattern.test(uid)) return undefined;
  const ownership = await services.jobs.ownership(uid, (job) => mayTouch(principal, action, job));
  return ownership && uid;
};

export const jobOfPath = async (action: JobAction, call: Call): Promise<Job | undefined> => {
  const uid = await uidOfPath(action, call);
  return uid === undefined ? undefined : readJob(call.services.jobs, uid, call.services.clock.now());
};
