import { readFileSync } from "node:fs";
import { runSample } from "./run-sample.ts";
import { analyticDb, lease, type Sample } from "./sample.ts";
import { textChunks } from "./text-chunks.ts";

const { regionId, dbInstanceId, namespace, secret } = analyticDb;
const collection = "handbook";
const copies = 300;

/** Cuts a document into chunks and computes a vector of each. The document is this project's own, many times. */
const sample: Sample = {
  name: "analyticdb-document",
  jobId: "upload-handbook",
  job: {
    service: "analyticdb-document",
    scope: { regionId, dbInstanceId, namespace, collection },
    secret,
    ...lease,
  },
  *round(number) {
    const page = readFileSync("docs/architecture.md", "utf8");
    const sizes = { characters: 400 + 100 * (number % 5), overlap: 80 };
    const chunks = yield* textChunks(page.repeat(copies), sizes);
    return `wrote ${chunks.length} chunks of ${sizes.characters} characters`;
  },
  leavesBehind: (progress) => progress,
  cancel: (jobId) => ({
    method: "POST",
    path: "/",
    authentication: "Bearer",
    form: {
      Action: "CancelUploadDocumentJob",
      Version: "2016-05-03",
      RegionId: regionId,
      DBInstanceId: dbInstanceId,
      Namespace: namespace,
      NamespacePassword: secret,
      Collection: collection,
      JobId: jobId,
    },
  }),
};

await runSample(sample);
