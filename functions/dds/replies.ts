import { gatewayAuthentication, type HuaweiWords } from "../../shared/protocols/huawei/replies.ts";

/** What DDS says in its own words. D documented, P our own decision. */
export const ddsWords: HuaweiWords = {
  errorBody: (error_code, error_msg) => ({ error_code, error_msg }),
  accepted: { status: 204 }, // D
  states: {
    queued: "Pending",
    running: "Running",
    stopping: "Running", // P: the API has no word for it
    succeeded: "Completed",
    failed: "Failed",
    cancelled: "Canceled",
  },
  invalid: ({ parameter, rule, expected }) => {
    if (rule === "required") return [400, "DBS.200001", `Parameter error: ${parameter} is missing.`]; // D
    if (parameter === "project_id") return [400, "DBS.280408", "Invalid project id."]; // D
    return [400, "DBS.280001", `Parameter error: ${parameter} must be ${expected}.`]; // D
  },
  notFound: () => [404, "DBS.280016", "Resource not found."], // P: the table has 400
  tooLate: (id, state) => [403, "DBS.280042", `Invalid request: the task ${id} is ${state}.`], // P
  unsupportedType: [400, "DBS.280343", "Unsupported operation."], // P
  authentication: gatewayAuthentication,
  internal: [500, "DBS.280005", "Server error. Try again later."], // D
};
