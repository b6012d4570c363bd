import type { components } from "./wire.ts";

type Schemas = components["schemas"];

/** A job as the server shows it: times as RFC 3339 text, what is not known as null. */
export type Job = Schemas["Job"];

/** `queued`, `running`, `stopping`, or one of the states that a job ends in. */
export type JobState = Job["state"];

/** The states that a job ends in. */
export type EndState = Schemas["Finish"]["outcome"];

/** A request to stop, as the worker gets it. It should have stopped by `stopBy`. */
export type StopRequest = NonNullable<HeartbeatAnswer["cancel"]>;

/** The record of a cancellation: who asked, why, what was done, and how sure it is that the work has ended. */
export type Receipt = Schemas["Receipt"];

/**
 * How a cancellation stands. `stopping` is under way. `stopped` and `completed-first` have evidence. `not-stopped` says
 * that the work was still alive when the last deadline passed; only evidence that comes later changes it.
 */
export type Outcome = Receipt["outcome"];

/**
 * How sure a receipt is that the work has ended. `observed`: somebody else saw that nothing was left of it. `reported`: the
 * service that runs it says so. `acknowledged`: the work itself says so. `never-started`: it was queued, and no start is
 * let through. `presumed`: it was silent for a whole lease. `contradicted`: a sign of life came after all that.
 */
export type Assurance = NonNullable<Receipt["assurance"]>;

/** What the server says when it refuses (RFC 9457), with the job where that explains it. */
export type Problem = Schemas["ProblemDetails"] & { readonly job?: Job };

/** Which jobs to list; all that the token may see unless something is given. `label` is `name` or `name=value`. */
export type JobFilter = Omit<Schemas["JobFilter"], "cursor" | "limit">;

/** How a worker says that its work ended. */
export type FinishReport = Schemas["Finish"];

/** What a worker hears in answer to a heartbeat. */
export type HeartbeatAnswer = Schemas["HeartbeatAnswer"];

/** A page of a list of jobs, and the cursor of the next one; null after the last. */
export type JobPage = Schemas["JobPage"];
