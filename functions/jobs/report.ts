import type { Decision } from "../../shared/domain/change.ts";
import { decideFinish, decideHeartbeat, type ReportVerdict, renewUnseen } from "../../shared/domain/decide-report.ts";
import type { Job } from "../../shared/domain/job.ts";
import { readJson } from "../../shared/entrypoints/json-body.ts";
import { settle } from "../../shared/operations/apply-decision.ts";
import { validate } from "../../shared/validation/validate.ts";
import { type Call, type Endpoint, type JobAnswer, uidOfPath } from "./endpoint.ts";
import * as schemas from "./schemas.ts";
import { heartbeatView, jobView } from "./views.ts";

/** POST /jobs/{uid}/heartbeat: renews the lease in one write, and tells the worker of a cancellation. */
export const heartbeat: Endpoint = async (call) => {
  const { state } = validate(schemas.heartbeat, readJson(call.request));
  const uid = await uidOfPath("ReportJob", call);
  if (uid === undefined) return { kind: "job-not-found" };

  const { clock } = call.services;
  const start = state === "running";
  const decide = (job: Job | undefined) => decideHeartbeat(job, start, clock.now());
  const answer = await report(call, uid, heartbeatView, decide, start ? undefined : renewUnseen(uid, clock.now()));
  call.noted.routine = !start && answer.kind === "ok" && call.noted.job?.cancellation === undefined;
  return answer;
};

/** POST /jobs/{uid}/finish */
export const finish: Endpoint = async (call) => {
  const given = validate(schemas.finish, readJson(call.request));
  const uid = await uidOfPath("ReportJob", call);
  if (uid === undefined) return { kind: "job-not-found" };

  const { reconcileQueue, clock } = call.services;
  const answer = await report(call, uid, jobView, (job) => decideFinish(job, given, clock.now()));
  // The end of a cancellation is news.
  if (answer.kind === "ok" && call.noted.job?.outbox) await reconcileQueue.schedule([{ uid, delaySeconds: 0 }]);
  return answer;
};

const report = async (
  { services: { jobs }, noted }: Call,
  uid: string,
  view: (job: Job) => object,
  decide: (job: Job | undefined) => Decision<ReportVerdict>,
  first?: Decision<ReportVerdict>,
): Promise<JobAnswer> => {
  const { verdict, job } = await settle(jobs, { uid }, decide, first);
  noted.job = job;
  if (job === undefined || verdict === "not-found") return { kind: "job-not-found" };
  switch (verdict) {
    case "recorded":
      return { kind: "ok", status: 200, body: view(job) };
    case "refused":
      return { kind: "job-ended", job };
    case "not-started":
    case "not-cancelled":
      return { kind: verdict, job };
    default:
      throw new Error(`no answer to ${verdict satisfies never}`);
  }
};
