import { readFile } from "node:fs/promises";
import path from "node:path";
import { type AwsCall, jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { type Item, toJobIfAny, toTombstone } from "../../../shared/adapters/dynamodb/job-item.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import type { Job } from "../../../shared/domain/job.ts";
import type { Standdown } from "../end-to-end/end-to-end.ts";
import { localAws } from "../stack/jobs-table.ts";

type Ran = Pick<Standdown, "data" | "facts">;

/** What the functions logged about each message, in order: `again` for each attempt that was not the last. */
export const outcomesByMessage = async ({ data }: Ran): Promise<ReadonlyMap<string, readonly string[]>> => {
  const outcomes = new Map<string, string[]>();
  for (const line of await linesOf(data, "functions.log")) {
    if (!line.includes('"message":"message"')) continue;
    const { messageId, outcome } = JSON.parse(line.slice(line.indexOf("{")));
    outcomes.set(messageId, [...(outcomes.get(messageId) ?? []), outcome]);
  }
  return outcomes;
};

/** The ids of what the bus was told about cancellations. What is told twice has the same id both times. */
export const announcedIds = async ({ data }: Ran): Promise<readonly string[]> => {
  const events = (await linesOf(data, "events.log")).map((line) => JSON.parse(line));
  return events.filter(isOfCancellation).map(({ detail }) => detail.id);
};

const isOfCancellation = (event: Readonly<Record<string, unknown>>): boolean =>
  String(event["detail-type"]).startsWith("dev.standdown.cancellation.");

/** Whole lines only: the last one may be half written. */
const linesOf = async (data: string, name: string): Promise<readonly string[]> => {
  const log = await readFile(path.join(data, "logs", name), "utf8").catch(() => "");
  return log.split("\n").slice(0, -1);
};

export interface Table {
  readonly call: AwsCall;
  readonly table: string;
}

export const tableOf = ({ facts }: Ran): Table => ({
  call: jsonClient(dynamoDb, localAws(facts.dynamodb.endpoint)),
  table: facts.dynamodb.table ?? "",
});

/** Everything in the table: jobs by uid, and the keys of tombstones. */
export const readTable = async ({ call, table }: Table) => {
  const jobs = new Map<string, Job>();
  const tombstones = new Set<string>();
  let ExclusiveStartKey: unknown;
  do {
    const page = await call("Scan", { TableName: table, ConsistentRead: true, ExclusiveStartKey });
    for (const item of page.Items as readonly Item[]) {
      const job = toJobIfAny(item);
      if (job) jobs.set(job.uid, job);
      else if (toTombstone(item)) tombstones.add(item.pk?.S ?? "");
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return { jobs, tombstones };
};
