import { asOf } from "../domain/expiry.ts";
import { isForeign, type Job } from "../domain/job.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { JobStore, ListQuery } from "../ports/job-store.ts";
import type { Services } from "../ports/services.ts";
import type { ListOperation } from "./define.ts";
import { type NativeRequest, readTarget } from "./native-request.ts";

/** Lists one page of an owner's jobs, and tells how many there are. Where the counts cannot tell it reads all of them. */
export const list =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">) =>
  async <Parameters, Scope extends object>(
    operation: ListOperation<Parameters, Scope>,
    request: NativeRequest,
  ): Promise<Outcome<"shown">> => {
    const { native, target, owner } = readTarget(operation, request);
    const { offset, limit } = target;
    const { account } = request.principal;
    const service = operation.service.name;
    const now = clock.now();

    const counted = operation.count?.(native, now);
    const total = counted && (await jobs.count({ ...counted, service, owner, account }));
    const wanted = total === undefined ? Number.POSITIVE_INFINITY : Math.min(offset + limit, total);
    const visible = (job: Job) => !isForeign(job, account);
    const found = await newest(jobs, { services: [service], owner, keep: visible }, wanted, (job) => {
      const seen = asOf(job, now);
      return operation.keep(seen, native, now) ? seen : undefined;
    });
    return { kind: "shown", body: operation.show(found.slice(offset, offset + limit), total ?? found.length) };
  };

const stepSize = 1000;
/** Where some are left out, the rest are not read one by one. */
const leastStep = 100;

/** Reads jobs until enough of them are found, newest first. To a provider an id is one job: the newest. */
const newest = async (
  jobs: Pick<JobStore, "list">,
  query: Omit<ListQuery, "limit" | "cursor">,
  wanted: number,
  pick: (job: Job) => Job | undefined,
): Promise<readonly Job[]> => {
  const ids = new Set<string>();
  const found: Job[] = [];
  let cursor: string | undefined;
  while (found.length < wanted) {
    const limit = Math.min(stepSize, cursor === undefined ? wanted : Math.max(wanted - found.length, leastStep));
    const page = await jobs.list({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
    for (const job of page.jobs) {
      const picked = ids.has(job.jobId) ? undefined : pick(job);
      ids.add(job.jobId);
      if (picked) found.push(picked);
    }
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return found;
};
