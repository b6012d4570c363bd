import { gatewayAuthentication, type HuaweiWords } from "../../shared/protocols/huawei/replies.ts";

/** What DLI says in its own words. D documented, P our own decision. */
export const dliWords: HuaweiWords = {
  errorBody: (error_code, error_msg) => ({ error_code, error_msg }),
  accepted: { status: 200, body: { is_success: true, message: "" } }, // D; P where the job is stopping already
  states: {
    queued: "LAUNCHING",
    running: "RUNNING",
    stopping: "RUNNING", // P: the API has no word for it
    succeeded: "FINISHED",
    failed: "FAILED",
    cancelled: "CANCELLED",
  },
  invalid: ({ parameter, expected }) => [
    400,
    "DLI.0001",
    `Parameter check errors occur: ${parameter} must be ${expected}.`,
  ], // D
  notFound: (id) => [400, "DLI.0002", `The job ${id} does not exist.`], // P
  tooLate: (id, state) => [400, "DLI.0007", `The job ${id} is ${state}: the operation is not supported.`], // P
  unsupportedType: [400, "DLI.0007", "The operation is not supported for jobs of this type."], // P
  authentication: {
    ...gatewayAuthentication,
    missing: [
      401,
      "DLI.0013",
      "X-Auth-Token is not defined in request. It is mandatory. Please define and send the request.",
    ], // D
    "unknown-token": [400, "DLI.0015", "Token parsing error: the token is unknown or has expired."], // D
  },
  internal: [500, "DLI.0999", "Server-side errors occur."], // D code, status of the page
};
