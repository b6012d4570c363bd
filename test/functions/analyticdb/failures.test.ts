import { describe } from "vitest";
import { analyticDbRows, analyticDbStoreFaults, missing } from "../../support/requests/analyticdb-rows.ts";
import { createIndex, uploadDocument } from "../../support/requests/cancel-requests.ts";
import { type Row, testFailures } from "../../support/requests/failure-rows.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

/** What a cancel refuses besides: a job that has ended. */
const cancelRows: readonly Row[] = [
  ...analyticDbRows,
  { name: "a finished job", state: "succeeded", expected: [403, "OperationDenied.JobStatus", /is Success/] },
  { name: "a failed job", state: "failed", expected: [403, "OperationDenied.JobStatus", /is Failed/] },
  { name: "a cancelled job", state: "cancelled", expected: [403, "OperationDenied.JobStatus", /is Cancelled/] },
];

describe("cancel-create-index-job", () => {
  testFailures(bundle, createIndex, "analyticDb", [...cancelRows, missing("Namespace")], analyticDbStoreFaults);
});

describe("cancel-upload-document-job", () => {
  testFailures(bundle, uploadDocument, "analyticDb", cancelRows, analyticDbStoreFaults);
});
