import { isTerminal, type Job } from "../../domain/job.ts";
import type { LabelFilter } from "../../domain/labels.ts";
import { InvalidCursor, type JobPage, type ListQuery } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { walkActive } from "./active-jobs.ts";
import { walkAll } from "./all-jobs.ts";
import type { IndexEntry, Position } from "./index-walk.ts";
import { type Item, toJob } from "./job-item.ts";
import { readItems, toName } from "./read-items.ts";

/** More entries of an index than one request reads. */
const maxExamined = 1000;
const atOnce = 100;

/** Walks the index that has the fewest entries besides those that are wanted, and reads the jobs behind them as they are now. */
export const listJobs = async (call: AwsCall, table: string, query: ListQuery): Promise<JobPage> => {
  const { limit, keep, state, label, jobId, cursor } = query;
  const isNarrow = label !== undefined || state !== undefined || jobId !== undefined;
  const walk = { call, table, query, pageSize: isNarrow ? atOnce : Math.min(limit, atOnce) };
  const from = cursor === undefined ? undefined : parseCursor(cursor);
  const entries = state === undefined || isTerminal(state) ? walkAll(walk, from) : walkActive(walk, state, from);

  const jobs: Job[] = [];
  let wanted: IndexEntry[] = [];
  /** Gives the place of the job that filled the page. */
  const readWanted = async (): Promise<Position | undefined> => {
    const keys = wanted.map(({ item }) => item);
    const items = await readItems(call, table, keys);
    for (const { item, position } of wanted) {
      const found = items.get(toName(item));
      // The index lags: a newer incarnation, which has its own entry, may stand behind this key.
      if (found === undefined || !isSameJob(found, item)) continue;
      const job = toJob(found);
      if (keep(job) && jobs.push(job) === limit) return position;
    }
    wanted = [];
    return undefined;
  };

  let examined = 0;
  for await (const entry of entries) {
    if (entry.isWanted && mayHaveLabel(entry.item, label) && mayHaveId(entry.item, jobId)) wanted.push(entry);
    const isLast = ++examined === maxExamined;
    if (!isLast && wanted.length < Math.min(limit - jobs.length, atOnce)) continue;
    const end = (await readWanted()) ?? (isLast ? entry.position : undefined);
    if (end) return { jobs, cursor: toCursor(end) };
  }
  const end = await readWanted();
  return end ? { jobs, cursor: toCursor(end) } : { jobs };
};

const isSameJob = (found: Item, entry: Item): boolean =>
  entry.listKey === undefined ? found.uid?.S === entry.uid?.S : found.listKey?.S === entry.listKey.S;

/** Entries of before have no id. */
const mayHaveId = (entry: Item, jobId: string | undefined): boolean =>
  jobId === undefined || entry.jobId === undefined || entry.jobId.S === jobId;

/** Labels that stand apart are in no index. */
const mayHaveLabel = ({ labels }: Item, label: LabelFilter | undefined): boolean => {
  if (label === undefined || labels === undefined) return true;
  const found = labels.M?.[label.name];
  return found !== undefined && (label.value === undefined || found.S === label.value);
};

const toCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url");

const parseCursor = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch (cause) {
    throw new InvalidCursor("not a cursor of this list", { cause });
  }
};
