import type { Change, Decision } from "../../../shared/domain/change.ts";
import type { CancelCommand } from "../../../shared/domain/decide-cancel.ts";
import type { Instant, Job } from "../../../shared/domain/job.ts";

/** How far a request is. One that is never stepped on again has crashed there. */
export type Progress =
  | { readonly at: "begin" }
  | ({ readonly at: "read"; readonly uid: string } & Asked)
  | ({ readonly at: "write"; readonly decision: Decision<string> & { readonly change: Change } } & Asked)
  | { readonly at: "keep former digest"; readonly change: Change; readonly then: Progress; readonly uid: string }
  | { readonly at: "putTombstone"; readonly command: CancelCommand }
  | { readonly at: "register" | "register again"; readonly job: Job }
  | { readonly at: "make way"; readonly uid: string; readonly change: Change; readonly job: Job }
  | { readonly at: "check" | "stop"; readonly job: Job }
  | { readonly at: "stop again" | "publish"; readonly job: Job; readonly checkAt?: Instant | undefined }
  | { readonly at: "move"; readonly uid: string; readonly change: Change }
  | {
      readonly at: "put back";
      readonly uid: string;
      readonly change: Change;
      readonly end: End;
      /** Where somebody else has written meanwhile. */
      readonly otherwise?: Progress;
    }
  | End;

export interface End {
  readonly at: "end";
  readonly verdict: string;
  readonly job?: Pick<Job, "uid" | "state">;
  /** When the heartbeat came in that was answered with a lease. */
  readonly leaseFrom?: Instant;
}

export interface Asked {
  readonly command?: CancelCommand | undefined;
  /** The incarnation that the request names. */
  readonly named?: string | undefined;
  /** When a heartbeat came in. */
  readonly beganAt?: Instant | undefined;
}

export interface Resumed {
  readonly next: Progress;
  readonly stopsAsked?: string;
  readonly published?: readonly string[];
}

export const done: End = { at: "end", verdict: "done" };
