import type { CancelOperation, ListOperation, ReadOperation } from "../shared/operations/define.ts";
import { cancelCreateIndexJob } from "./analyticdb/cancel-create-index-job/operation.ts";
import { cancelUploadDocumentJob } from "./analyticdb/cancel-upload-document-job/operation.ts";
import { describeCreateIndexJob } from "./analyticdb/describe-create-index-job/operation.ts";
import { getUploadDocumentJob } from "./analyticdb/get-upload-document-job/operation.ts";
import { cancelScheduledTask } from "./dds/cancel-scheduled-task/operation.ts";
import { listScheduledTasks } from "./dds/list-scheduled-tasks/operation.ts";
import { cancelSqlJob } from "./dli/cancel-sql-job/operation.ts";
import { showSqlJobDetail } from "./dli/show-sql-job-detail/operation.ts";
import { showSqlJobStatus } from "./dli/show-sql-job-status/operation.ts";
import { cancelJob } from "./generic/cancel-job/operation.ts";
import { cancelGraphJob } from "./ges/cancel-graph-job/operation.ts";
import { showGraphJobStatus } from "./ges/show-graph-job-status/operation.ts";

/** All cancels. A new one is a folder and a line here. */
export const cancelOperations: readonly CancelOperation[] = [
  cancelCreateIndexJob,
  cancelUploadDocumentJob,
  cancelGraphJob,
  cancelScheduledTask,
  cancelSqlJob,
  cancelJob,
];

/** The reads beside them, by which a provider's clients watch a job end. */
export const readOperations: readonly (ReadOperation | ListOperation)[] = [
  describeCreateIndexJob,
  getUploadDocumentJob,
  showGraphJobStatus,
  listScheduledTasks,
  showSqlJobStatus,
  showSqlJobDetail,
];

export const findCancelOperation = (service: string): CancelOperation => {
  const operation = cancelOperations.find((candidate) => candidate.service.name === service);
  if (operation === undefined) throw new Error(`nothing cancels jobs of ${service}`);
  return operation;
};

export const knownServices = cancelOperations.map(({ service }) => service);

export const findService = (name: string) => {
  const service = knownServices.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`no service is named ${name}`);
  return service;
};
