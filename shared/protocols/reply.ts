import type { JobState } from "../domain/job.ts";
import type { CancelOutcome, Outcome } from "../domain/outcome.ts";
import type { RequestError } from "../validation/request-error.ts";

/** What goes back to an HTTP client: JSON, or a text with its own content type. Without a body nothing is sent, not even a content type. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

export interface ReplyContext {
  readonly requestId: string;
  readonly host: string;
}

/** An outcome that is no success, or why it never came to one. */
export type Rejection = Outcome<Exclude<CancelOutcome, "accepted">> | RequestError;

export type Render = (outcome: Outcome | RequestError, context: ReplyContext) => Reply;

/** The state that made a cancel come too late. */
export const stateOf = ({ job }: Pick<Outcome, "job">): JobState => job?.state ?? "cancelled";

export type StateNames = Readonly<Record<JobState, string>>;
