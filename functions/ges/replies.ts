import { gatewayAuthentication, type HuaweiWords } from "../../shared/protocols/huawei/replies.ts";

/** What GES says in its own words, when a job is cancelled. D documented, P our own decision. */
export const gesWords: HuaweiWords = {
  errorBody: (errorCode, errorMessage) => ({ errorMessage, errorCode }),
  accepted: { status: 200, body: {} }, // D; P where the job is stopping already
  states: {
    queued: "pending",
    running: "running",
    stopping: "running", // P: the API has no word for it
    succeeded: "success",
    failed: "failed",
    cancelled: "failed", // P: the API documents no word for a job that was cancelled
  },
  invalid: ({ parameter, expected }) => [400, "GES.8005", `Incorrect parameter: ${parameter} must be ${expected}.`], // D
  notFound: (id) => [400, "GES.8303", `can not find job to cancel, id is ${id}`], // D
  tooLate: (id, state) => [400, "GES.8303", `can not cancel job, id is ${id}, status is ${state}`], // P
  unsupportedType: [400, "GES.8303", "Unsupported Operation"], // D text, P code
  authentication: {
    ...gatewayAuthentication,
    missing: [401, "GES.8007", "Invalid token."], // D, status of the page
    "unknown-token": [401, "GES.8007", "Invalid token."], // D, status of the page
    "unknown-key": [401, "GES.8007", "Invalid token."], // P: the service plane documents tokens alone
  },
  forbidden: [403, "GES.8020", "The current user does not have permission."], // D, status of the page
  unavailable: [503, "GES.8602", "Engine service unavailable."], // D, status of the page
  internal: [500, "GES.8304", "Job termination error."], // D
};

/** The numbers of job types. P: those of the pages' samples; the other types have none there, and are left out. */
export const jobTypeNumbers: Readonly<Record<string, number>> = {
  "edge-filter-query": 0,
  "vertex-filter-query": 1,
  algorithm: 1,
  "add-index": 8,
  "delete-index": 9,
};
