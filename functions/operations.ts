import type { Operation } from "../shared/operation.ts";
import { cancelCreateIndexJob } from "./cancel-create-index-job/operation.ts";
import { cancelGraphJob } from "./cancel-graph-job/operation.ts";
import { cancelScheduledTask } from "./cancel-scheduled-task/operation.ts";
import { cancelSqlJob } from "./cancel-sql-job/operation.ts";
import { cancelUploadDocumentJob } from "./cancel-upload-document-job/operation.ts";

/** All operations. A new one is a folder and a line here. */
export const operations: readonly Operation[] = [
  cancelCreateIndexJob,
  cancelUploadDocumentJob,
  cancelGraphJob,
  cancelScheduledTask,
  cancelSqlJob,
];

export const services = operations.map(({ service }) => service);

export const serviceNamed = (name: string) => {
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`no service is named ${name}`);
  return service;
};
