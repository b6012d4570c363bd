import type { CancelRequest } from "../../shared/domain/job.ts";
import { timestamp } from "../../shared/domain/timestamp.ts";
import { problem, toProblem } from "../../shared/protocols/problem-details/problem.ts";
import type { Reply, ReplyContext } from "../../shared/protocols/reply.ts";
import type { RequestError } from "../../shared/validation/request-error.ts";
import type { ConflictKind, JobOutcome } from "./endpoint.ts";
import { jobView, receiptView } from "./views.ts";

export const renderJobOutcome = (outcome: JobOutcome | RequestError, about: ReplyContext): Reply => {
  const { requestId } = about;
  switch (outcome.kind) {
    case "ok":
      return { status: outcome.status, body: outcome.body, headers: { "X-Request-Id": requestId, ...outcome.headers } };
    case "job-not-found":
      return problem(
        { status: 404, code: outcome.kind, title: "There is no such job", detail: "Check the uid." },
        about,
      );
    case "no-cancellation": {
      const detail = "A receipt exists once a cancellation was accepted.";
      return problem({ status: 404, code: outcome.kind, title: "Nobody asked this job to stop", detail }, about);
    }
    case "id-taken": {
      const [title, detail] = conflicts["job-already-active"];
      return problem({ status: 409, code: "job-already-active", title, detail }, about);
    }
    case "cancelled-before-start": {
      const { until, latest, ...first } = outcome.tombstone;
      const [title, detail] = ["The job was cancelled before it started", "It must not start: a cancel came first."];
      const cancelled = {
        ...requestView(first),
        until: timestamp(until),
        ...(latest ? { latest: requestView(latest) } : {}),
      };
      return problem({ status: 410, code: outcome.kind, title, detail, extensions: { cancelled } }, about);
    }
    case "already-cancelled": {
      const [title, detail] = ["The job was cancelled", "This registration stands, and its job must not start again."];
      const extensions = { job: jobView(outcome.job), receipt: receiptView(outcome.job, outcome.cancellation) };
      return problem({ status: 410, code: outcome.kind, title, detail, extensions }, about);
    }
    case "job-already-active":
    case "job-ended":
    case "not-started":
    case "not-cancelled":
    case "too-late":
    case "unsupported-type": {
      const [title, detail] = conflicts[outcome.kind];
      const extensions = { state: outcome.job.state, job: jobView(outcome.job) };
      return problem({ status: 409, code: outcome.kind, title, detail, extensions }, about);
    }
    default:
      return toProblem(outcome, about);
  }
};

const requestView = ({ requestedBy, onBehalfOf, reason, requestedAt }: CancelRequest) => ({
  requestedBy,
  onBehalfOf: onBehalfOf ?? null,
  reason: reason ?? null,
  requestedAt: timestamp(requestedAt),
});

const conflicts: Readonly<Record<ConflictKind, readonly [title: string, detail: string]>> = {
  "job-already-active": ["A job with this id is active", "It must end before its id can be registered again."],
  "job-ended": ["The job has ended", "Its state is final: a worker that still runs must stop."],
  "not-started": ["The job is still queued", 'Send a heartbeat with {"state": "running"} before finishing it.'],
  "not-cancelled": [
    "Nobody asked this job to stop",
    "Report succeeded or failed; cancel it first to report cancelled.",
  ],
  "too-late": ["The job can no longer be cancelled", "Its state says why."],
  "unsupported-type": ["Jobs of this type cannot be cancelled", "The service allows it for other types only."],
};
