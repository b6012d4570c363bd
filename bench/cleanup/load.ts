import type { AwsCall } from "../../shared/aws/json-client.ts";
import type { Job } from "../../shared/cancellation/job.ts";
import { mapAtMost } from "../../shared/map-at-most.ts";
import { itemOf } from "../../shared/store/job-item.ts";

/** What one `BatchWriteItem` takes. */
const batchSize = 25;
const atOnce = 4;

interface Table {
  readonly call: AwsCall;
  readonly table: string;
}

/** Puts registered jobs into the table as the store would, without asking what stands there. */
export const load = (to: Table, jobs: readonly Job[]): Promise<void> =>
  write(
    to,
    jobs.map((job) => ({ PutRequest: { Item: itemOf(job, job.uid) } })),
  );

export const remove = (from: Table, jobs: readonly Job[]): Promise<void> =>
  write(
    from,
    jobs.map((job) => {
      const { pk, sk } = itemOf(job, job.uid);
      return { DeleteRequest: { Key: { pk, sk } } };
    }),
  );

const write = async ({ call, table }: Table, requests: readonly object[]): Promise<void> => {
  const batches = Array.from({ length: Math.ceil(requests.length / batchSize) }, (_, index) =>
    requests.slice(index * batchSize, (index + 1) * batchSize),
  );
  await mapAtMost(atOnce, batches, async (batch) => {
    const { UnprocessedItems = {} } = await call("BatchWriteItem", { RequestItems: { [table]: batch } });
    if (Object.keys(UnprocessedItems as object).length > 0) throw new Error("the table left writes unprocessed");
  });
};
