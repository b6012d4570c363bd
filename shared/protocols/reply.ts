import type { JobState } from "../domain/job.ts";
import type { RequestError } from "../validation/request-error.ts";

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
  | RequestError;

/** What a dialect may mention besides the answer. */
export interface ReplyContext {
  readonly requestId: string;
  readonly host: string;
  /** The job id as the caller wrote it, if it was valid. */
  readonly jobId?: string;
}

/** An answer that is no success. */
export type Rejection = Exclude<Answer, { kind: "accepted" | "shown" }>;

export type Render = (answer: Answer, about: ReplyContext) => Reply;

/** A provider's word for each state; the same in errors and in the reads beside the cancels. */
export type StateNames = Readonly<Record<JobState, string>>;
