import { type Endpoint, jobOfPath } from "./endpoint.ts";
import * as responses from "./response-schemas.ts";
import { receiptView } from "./views.ts";

export const getReceipt: Endpoint = {
  method: "GET",
  path: "/jobs/{uid}/receipt",
  action: "GetJob",
  summary: "Read the receipt of a cancellation",
  responses: { 200: { description: "The receipt", name: "Receipt", schema: responses.receipt } },
  problems: [401, 403, 404, 429, 503],
  perform: async (call) => {
    const job = await jobOfPath("GetJob", call);
    if (job === undefined) return { kind: "job-not-found" };
    if (job.cancellation === undefined) return { kind: "no-cancellation", job };
    return { kind: "ok", status: 200, body: receiptView(job, job.cancellation), job };
  },
};
