import { authorize } from "../auth/authorize.ts";
import { type Instant, isForeign, type Job } from "../domain/job.ts";
import type { JobStore, ListQuery } from "../ports/job-store.ts";
import type { Services } from "../ports/services.ts";
import type { Answer } from "../protocols/reply.ts";
import { validate } from "../validation/validate.ts";
import { applyExpiry } from "./apply-decision.ts";
import type { ListOperation } from "./define.ts";
import type { ReadInput } from "./read.ts";

/** How many jobs one step of a walk asks the store for. */
const stepSize = 1000;

/**
 * The way of every list: validate, normalize, authorize, walk, settle, keep, cut out the page, show. Such a list tells
 * how many jobs there are on all its pages, and which ones is known only from the jobs, so each page walks them all.
 */
export const list =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">) =>
  async <Parameters, Scope extends object>(
    api: ListOperation<Parameters, Scope>,
    { principal, parameters }: ReadInput,
  ): Promise<{ readonly answer: Answer }> => {
    const { service, permission } = api;
    const native = validate(api.parameters, parameters);
    const { scope, offset, limit } = api.normalize(native);
    const owner = service.owner(scope);
    authorize(principal, { action: permission.action, resource: permission.resource(native, principal), owner });

    const now = clock.now();
    const visible = (job: Job) => !isForeign(job, principal.account);
    const found = newestOfEachId(await scan(jobs, { services: [service.name], owner, keep: visible }));
    const kept = (await settleAll(jobs, found, now)).filter((job) => api.keep(job, native, now));
    return { answer: { kind: "shown", body: api.show(kept.slice(offset, offset + limit), kept.length) } };
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

/** To a provider an id is one job. Where it was used again, that is the newest, which comes first. */
const newestOfEachId = (jobs: readonly Job[]): Job[] => {
  const newest = new Map<string, Job>();
  for (const job of jobs) if (!newest.has(job.jobId)) newest.set(job.jobId, job);
  return [...newest.values()];
};

const settleAll = (jobs: JobStore, found: readonly Job[], now: Instant): Promise<Job[]> =>
  Promise.all(found.map((job) => applyExpiry(jobs, job, now)));
