import type { Job } from "../../domain/job.ts";
import { InvalidCursor, type JobPage, type ListQuery } from "../../ports/job-store.ts";
import { type AwsCall, AwsError } from "../aws-client/json-client.ts";
import { type Item, toItem, toJob } from "./job-item.ts";
import { readItems, toName } from "./read-items.ts";

/** A sparse result comes in several short pages. */
const maxPages = 10;
const pageSize = 100;

interface Position {
  readonly service: string;
  readonly after?: Item;
}

/** Scans the `list` index and reads the jobs behind its keys as they are now. */
export const listJobs = async (call: AwsCall, table: string, query: ListQuery): Promise<JobPage> => {
  const { services, owner, limit, keep } = query;
  const jobs: Job[] = [];
  let position = startPosition(query);

  for (let page = 0; position && page < maxPages; page++) {
    const { keys, last } = await queryIndex(call, table, position, owner);
    const items = await readItems(call, table, keys);
    for (const key of keys) {
      const item = items.get(toName(key));
      // The index lags: a newer incarnation, which has its own entry, may stand behind this key.
      if (item?.listKey?.S !== key.listKey?.S || item === undefined) continue;
      const job = toJob(item);
      if (!keep(job)) continue;
      jobs.push(job);
      if (jobs.length === limit) return { jobs, cursor: toCursor({ service: position.service, after: key }) };
    }
    position = last ? { service: position.service, after: last } : following(services, position);
  }
  return position ? { jobs, cursor: toCursor(position) } : { jobs };
};

const queryIndex = async (call: AwsCall, table: string, { service, after }: Position, owner: string | undefined) => {
  const result = await callIndex(call, after, {
    TableName: table,
    IndexName: "list",
    KeyConditionExpression:
      owner === undefined ? "service = :service" : "service = :service AND begins_with(listKey, :owner)",
    ExpressionAttributeValues: toItem({
      ":service": service,
      ...(owner === undefined ? {} : { ":owner": `${owner}#` }),
    }),
    ScanIndexForward: false,
    Limit: pageSize,
    ...(after ? { ExclusiveStartKey: after } : {}),
  });
  return { keys: (result.Items ?? []) as Item[], last: result.LastEvaluatedKey as Item | undefined };
};

const following = (services: readonly string[], { service }: Position): Position | undefined => {
  const next = services[services.indexOf(service) + 1];
  return next === undefined ? undefined : { service: next };
};

const startPosition = ({ services, cursor }: ListQuery): Position | undefined => {
  if (cursor !== undefined) return parseCursor(cursor, services);
  const [service] = services;
  return service === undefined ? undefined : { service };
};

const toCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url");

const parseCursor = (cursor: string, services: readonly string[]): Position => {
  try {
    const { service, after } = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (services.includes(service) && (after === undefined || typeof after === "object")) return { service, after };
  } catch {}
  throw new InvalidCursor("not a cursor of this list");
};

/** DynamoDB refuses a start key from outside the query. */
const callIndex = async (call: AwsCall, after: Item | undefined, input: object) => {
  try {
    return await call("Query", input);
  } catch (error) {
    if (after && error instanceof AwsError && error.code === "ValidationException")
      throw new InvalidCursor("not a cursor of this list", { cause: error });
    throw error;
  }
};
