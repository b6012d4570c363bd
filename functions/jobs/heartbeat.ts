import { readJson } from "../../shared/entrypoints/json-body.ts";
import { recordHeartbeat } from "../../shared/operations/record-heartbeat.ts";
import { validate } from "../../shared/validation/validate.ts";
import { type Endpoint, uidOfPath } from "./endpoint.ts";
import { toReportOutcome } from "./report.ts";
import * as requests from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { heartbeatView } from "./views.ts";

export const heartbeat: Endpoint = {
  method: "POST",
  path: "/jobs/{uid}/heartbeat",
  action: "ReportJob",
  summary: "Renew the worker's lease, and hear of a cancellation",
  body: { name: "Heartbeat", schema: requests.heartbeat, required: false },
  responses: {
    200: {
      description: "The state, and the stop request if there is one",
      name: "HeartbeatAnswer",
      schema: responses.heartbeatAnswer,
    },
  },
  problems: [400, 401, 403, 404, 409, 415, 429, 503],
  perform: async (call) => {
    const { state } = validate(requests.heartbeat, readJson(call.request));
    const uid = await uidOfPath("ReportJob", call);
    if (uid === undefined) return { kind: "job-not-found" };

    const start = state === "running";
    const applied = await recordHeartbeat(call.services, uid, start);
    const outcome = toReportOutcome(applied, heartbeatView);
    const quiet = !start && outcome.kind === "ok" && applied.job?.cancellation === undefined;
    return { ...outcome, quiet };
  },
};
