import type { AwsCall } from "../../shared/adapters/aws-client/json-client.ts";
import { callInBatches } from "../../shared/adapters/sqs/sqs.ts";
import { uidToKey } from "../../shared/domain/job-key.ts";
import { aJob } from "../../test/support/stack/jobs.ts";
import { load } from "../table/load.ts";
import type { Servers } from "./servers.ts";

/** Registers so many jobs and sends a message for each; gives the key of the job that a message is about. */
export const prepare = async ({ table, callSqs }: Servers, queueUrl: string, count: number) => {
  const now = Date.now();
  const jobs = Array.from({ length: count }, () => aJob({ registeredAt: now, heartbeatTimeoutSeconds: 3600 }));
  await load(table, jobs);
  const keys = new Map(jobs.map(({ uid, owner, jobId }) => [readBody(owner, jobId), uidToKey(uid)]));
  await send(callSqs, queueUrl, [...keys.keys()]);
  return keys;
};

const readBody = (project_id: string, job_id: string): string =>
  JSON.stringify({
    specversion: "1.0",
    id: job_id,
    source: "urn:standdown:bench",
    type: "dev.standdown.cancel.requested.v1",
    datacontenttype: "application/json",
    data: { operation: "cancel-sql-job", parameters: { project_id, job_id }, reason: "bench" },
  });

const send = async (call: AwsCall, queueUrl: string, bodies: readonly string[]): Promise<void> => {
  const entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const refused = await callInBatches(call, "SendMessageBatch", queueUrl, entries);
  if (refused.length > 0) throw new Error(`${refused.length} messages were not taken`);
};
