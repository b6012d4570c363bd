import { type AwsCall, AwsUnreachable } from "../../shared/adapters/aws-client/json-client.ts";
import { toCountUpdates } from "../../shared/adapters/dynamodb/counts.ts";
import { activeAttributes, dueAttributes, type Item, toJobItem } from "../../shared/adapters/dynamodb/job-item.ts";
import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import { isTerminal, type Job } from "../../shared/domain/job.ts";

/** What one `BatchWriteItem` takes. */
const batchSize = 25;
const atOnce = 4;

interface Table {
  readonly call: AwsCall;
  readonly table: string;
}

/** Puts jobs into the table as the store would, without asking what stands there. */
export const load = (to: Table, jobs: readonly Job[]): Promise<void> =>
  write(to, jobs.length, (index) => ({ PutRequest: { Item: itemNow(jobs[index] as Job) } }));

/** The same for more jobs than should be in memory at once. */
export const loadMany = (to: Table, count: number, jobAt: (index: number) => Job): Promise<void> =>
  write(to, count, (index) => ({ PutRequest: { Item: itemNow(jobAt(index)) } }));

export const remove = (from: Table, jobs: readonly Job[]): Promise<void> => {
  const items = jobs.map((job) => toJobItem(job, job.uid));
  return write(from, items.length, (index) => {
    const { pk, sk } = items[index] ?? {};
    return { DeleteRequest: { Key: { pk, sk } } };
  });
};

/** Puts the rows that count these jobs into a table that has none. */
export const loadCounts = (to: Table, jobs: readonly Job[]): Promise<void> => {
  const rows = toCountUpdates(
    to.table,
    jobs.map((job) => [job, 1]),
  );
  return write(to, rows.length, (index) => ({ PutRequest: { Item: rowOf((rows[index] as CountUpdate).Update) } }));
};

interface CountUpdate {
  readonly Update: {
    readonly Key: Item;
    readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues: Item;
  };
}

/** What an update makes of a row that is not there. */
const rowOf = ({
  Key,
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
}: CountUpdate["Update"]): Item =>
  Object.fromEntries([
    ...Object.entries(Key),
    ...Object.entries(names).map(([placeholder, name]) => [name, values[placeholder.replace("#", ":")]]),
  ]);

/** An ended job is in no index of active jobs. */
const itemNow = (job: Job): Item => {
  const item = toJobItem(job, job.uid);
  // A worker that beats has moved its entry.
  if (job.dueAt !== undefined) item.dueAt = { N: String(job.dueAt) };
  if (isTerminal(job.state)) for (const name of [...activeAttributes, ...dueAttributes]) delete item[name];
  return item;
};

const write = async ({ call, table }: Table, count: number, requestAt: (index: number) => object): Promise<void> => {
  const batches = Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) => batch * batchSize);
  await mapAtMost(atOnce, batches, async (first) => {
    const length = Math.min(batchSize, count - first);
    const requests = Array.from({ length }, (_, index) => requestAt(first + index));
    const { UnprocessedItems = {} } = await patiently(() =>
      call("BatchWriteItem", { RequestItems: { [table]: requests } }),
    );
    if (Object.keys(UnprocessedItems as object).length > 0) throw new Error("the table left writes unprocessed");
  });
};

/** A large embedded table stands still now and then for longer than a function would wait. Loading is not measured. */
const patiently = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AwsUnreachable) || tries === 20) throw error;
    }
  }
};
