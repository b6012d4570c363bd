import type { JobState } from "../domain/job.ts";
import type { Failure } from "../validation/request-error.ts";

/** What goes back to an HTTP client. Without a body nothing is sent, not even a content type. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** How a cancel or a read ended, before a dialect puts it into words. */
export type Answer =
  | { readonly kind: "accepted" }
  | { readonly kind: "shown"; readonly body: object }
  | { readonly kind: "too-late"; readonly state: JobState }
  | { readonly kind: "not-found" }
  | { readonly kind: "wrong-secret" }
  | { readonly kind: "unsupported-type" }
  | Failure;

/** What a dialect may mention besides the answer. */
export interface About {
  readonly requestId: string;
  readonly host: string;
  /** The job id as the caller wrote it, if it was valid. */
  readonly jobId?: string;
}

/** An answer that is no success. */
export type Denial = Exclude<Answer, { kind: "accepted" | "shown" }>;

export type Render = (answer: Answer, about: About) => Reply;

/** A provider's word for each state; the same in errors and in the reads beside the cancels. */
export type StateNames = Readonly<Record<JobState, string>>;
