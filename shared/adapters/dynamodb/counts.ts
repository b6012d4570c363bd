import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Instant, isTerminal, type Job, retentionMs } from "../../domain/job.ts";
import type { CountQuery } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { type Item, timeToLive, toItem } from "./job-item.ts";

/**
 * The counts of an owner's jobs stand in rows of their own, which change in the transaction that changes a job: one row
 * for the jobs that are active, and of those that ended one row for each span of time in which any did. A row holds a
 * number for each state and type. How many ended since a time is the sum of a few rows of each span, however many they
 * are (docs/decisions/0023).
 */
type Countable = Pick<Job, "service" | "owner" | "account" | "state" | "jobType" | "endedAt">;

/** Seconds, each a multiple of the one before. */
const spans = [1, 300, 86_400] as const;

/** For all jobs of an owner. Those of each account, and of none, are counted once more. */
const toCountKey = (service: string, owner: string): string => `count#${service}#${owner}`;
const toAccountKey = (service: string, owner: string, account = ""): string =>
  `${toCountKey(service, owner)}#${account}`;

const active = "active";
const toEndedKey = (span: number, index: number): string => `ended#${span}#${String(index).padStart(10, "0")}`;

const separator = " ";
const toName = ({ state, jobType }: Countable): string => `${state}${separator}${jobType}`;

/** Puts a job into the counts, or takes it out. */
export type CountMove = readonly [job: Countable, by: 1 | -1];

/** The parts of a transaction that carry out these moves: one for each row, as a transaction demands. */
export const toCountUpdates = (table: string, moves: readonly CountMove[]): readonly object[] => {
  const rows = new Map<string, Row>();
  for (const [job, by] of moves)
    for (const row of rowsOf(job)) {
      const { counts } = getOrPut(rows, `${row.pk} ${row.sk}`, row);
      const name = toName(job);
      counts.set(name, (counts.get(name) ?? 0) + by);
    }
  return [...rows.values()].flatMap((row) => toUpdate(table, row) ?? []);
};

const getOrPut = (rows: Map<string, Row>, name: string, row: Row): Row => {
  const known = rows.get(name) ?? row;
  rows.set(name, known);
  return known;
};

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly counts: Map<string, number>;
  readonly expiresAt?: number;
}

const rowsOf = (job: Countable): Row[] => {
  const { service, owner, account, state, endedAt = 0 } = job;
  const places = isTerminal(state)
    ? spans.map((span) => ({
        sk: toEndedKey(span, Math.floor(endedAt / 1000 / span)),
        // As long as any of its jobs.
        expiresAt: timeToLive(endedAt + retentionMs) + span,
      }))
    : [{ sk: active }];
  return [toCountKey(service, owner), toAccountKey(service, owner, account)].flatMap((pk) =>
    places.map((place) => ({ pk, ...place, counts: new Map() })),
  );
};

const toUpdate = (table: string, { pk, sk, counts, expiresAt }: Row): object | undefined => {
  const changed = [...counts].filter(([, by]) => by !== 0);
  if (changed.length === 0) return undefined;
  const added = changed.map((_, index) => `#c${index} :c${index}`).join(", ");
  return {
    Update: {
      TableName: table,
      Key: toItem({ pk, sk }),
      UpdateExpression: `ADD ${added}${expiresAt === undefined ? "" : " SET expiresAt = :expiresAt"}`,
      ExpressionAttributeNames: Object.fromEntries(changed.map(([name], index) => [`#c${index}`, name])),
      ExpressionAttributeValues: toItem({
        ...Object.fromEntries(changed.map(([, by], index) => [`:c${index}`, by])),
        ":expiresAt": expiresAt,
      }),
    },
  };
};

export const count = async (call: AwsCall, table: string, query: CountQuery): Promise<number> => {
  const { service, owner, account, endedSince } = query;
  const keys =
    account === undefined
      ? [toCountKey(service, owner)]
      : [toAccountKey(service, owner), toAccountKey(service, owner, account)];
  const ranges = [[active, active] as const, ...endedRanges(endedSince)];
  const rows = await Promise.all(keys.flatMap((pk) => ranges.map((range) => readRange(call, table, pk, range))));
  return rows.flat().reduce((sum, row) => sum + sumOf(row, query), 0);
};

/** The rows of what ended since a time: seconds to the end of their five minutes, those to the end of their day, and days. */
const endedRanges = (since: Instant): (readonly [string, string])[] => {
  let from = Math.floor(since / 1000);
  return spans.map((span, level) => {
    const next = spans[level + 1];
    const until = next === undefined ? (last + 1) * span : Math.ceil(from / next) * next;
    const range = [toEndedKey(span, from / span), toEndedKey(span, until / span - 1)] as const;
    from = until;
    return range;
  });
};

const last = 9_999_999_999;

const readRange = async (
  call: AwsCall,
  table: string,
  pk: string,
  [from, to]: readonly [string, string],
): Promise<Item[]> => {
  if (from > to) return [];
  const { Items } = await call("Query", {
    TableName: table,
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: toItem({ ":pk": pk, ":from": from, ":to": to }),
    ConsistentRead: true,
  });
  return Items as Item[];
};

const sumOf = (row: Item, { states, jobType }: CountQuery): number => {
  let sum = 0;
  for (const [name, value] of Object.entries(row)) {
    const [state = "", ...type] = name.split(separator);
    if (type.length === 0 || (states !== undefined && !states.some((each) => each === state))) continue;
    if (jobType === undefined || jobType === type.join(separator)) sum += numberOf(value);
  }
  return sum;
};

const numberOf = ({ N }: AttributeValue): number => Number(N ?? 0);
