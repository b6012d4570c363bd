import { asOf } from "../domain/expiry.ts";
import { isForeign, type Job } from "../domain/job.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { JobStore, ListQuery } from "../ports/job-store.ts";
import type { Services } from "../ports/services.ts";
import type { ListOperation } from "./define.ts";
import { type NativeRequest, readTarget } from "./native-request.ts";

const stepSize = 1000;

/** Lists one page of an owner's jobs. Scans all of them, because the answer tells how many there are. */
export const list =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">) =>
  async <Parameters, Scope extends object>(
    operation: ListOperation<Parameters, Scope>,
    request: NativeRequest,
  ): Promise<Outcome<"shown">> => {
    const { native, target, owner } = readTarget(operation, request);
    const { offset, limit } = target;

    const now = clock.now();
    const visible = (job: Job) => !isForeign(job, request.principal.account);
    const found = newestOfEachId(await scan(jobs, { services: [operation.service.name], owner, keep: visible }));
    const kept = found.map((job) => asOf(job, now)).filter((job) => operation.keep(job, native, now));
    return { kind: "shown", body: operation.show(kept.slice(offset, offset + limit), kept.length) };
  };

const scan = async (jobs: Pick<JobStore, "list">, query: Omit<ListQuery, "limit" | "cursor">): Promise<Job[]> => {
  const found: Job[] = [];
  let cursor: string | undefined;
  do {
    const page = await jobs.list({ ...query, limit: stepSize, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.jobs);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
};

/** Keeps the newest job of each id: to a provider an id is one job. */
const newestOfEachId = (jobs: readonly Job[]): Job[] => {
  const newest = new Map<string, Job>();
  for (const job of jobs) if (!newest.has(job.jobId)) newest.set(job.jobId, job);
  return [...newest.values()];
};
