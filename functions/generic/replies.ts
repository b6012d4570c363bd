import { problem, toProblem } from "../../shared/protocols/problem-details/problem.ts";
import { type Render, type StateNames, stateOf } from "../../shared/protocols/reply.ts";

/** Our own words: there is no provider whose they could be. */
export const genericStates: StateNames = {
  queued: "queued",
  running: "running",
  stopping: "stopping",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
};

export const genericReplies: Render = (outcome, about) => {
  const refuse = (status: number, code: string, title: string, detail: string, extensions = {}) =>
    problem({ status, code, title, detail, extensions }, about);
  switch (outcome.kind) {
    case "accepted":
    case "remembered": {
      const { job } = outcome;
      const body = job ? { uid: job.uid, state: job.state, receipt: `/jobs/${job.uid}/receipt` } : {};
      return { status: 202, headers: { "X-Request-Id": about.requestId }, body };
    }
    case "shown":
      return { status: 200, headers: { "X-Request-Id": about.requestId }, body: outcome.body ?? {} };
    case "not-found":
      return refuse(404, "job-not-found", "There is no such job", "Check the namespace and the id.");
    case "too-late":
      return refuse(409, "too-late", "The job can no longer be cancelled", "Its state says why.", {
        state: stateOf(outcome),
      });
    case "unsupported-type":
      return refuse(
        409,
        "unsupported-type",
        "Jobs of this type cannot be cancelled",
        "The service allows it for other types only.",
      );
    case "wrong-secret":
      return refuse(400, "invalid-request", "The request is not valid", "This service takes no secret.");
    default:
      return toProblem(outcome, about);
  }
};
