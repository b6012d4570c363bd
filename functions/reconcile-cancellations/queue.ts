import type { SQSRecord } from "aws-lambda";
import type { Job } from "../../shared/domain/job.ts";
import { uidPattern } from "../../shared/domain/job-key.ts";
import type { QueueFunction } from "../../shared/entrypoints/sqs.ts";
import type { Services } from "../../shared/ports/services.ts";
import { reconcile } from "./reconcile.ts";

/** Reconciles the cancellations that delayed messages name, and schedules the next check of those still under way. */
export const checks: QueueFunction = {
  settle: async (records, { services, closing }) => {
    const named = records.map((record) => ({ messageId: record.messageId, uid: uidIn(record) }));
    const uids = [...new Set(named.map(({ uid }) => uid))].filter((uid) => uid !== undefined);
    const { next, failed } = await checkAll(services, uids);
    await closing.reconcileQueue.schedule(next);
    return named.filter(({ uid }) => uid !== undefined && failed.has(uid)).map(({ messageId }) => messageId);
  },
};

const uidIn = ({ body }: SQSRecord): string | undefined => {
  try {
    const { uid } = JSON.parse(body);
    return typeof uid === "string" && uidPattern.test(uid) ? uid : undefined;
  } catch {
    return undefined;
  }
};

const checkAll = async (services: Services, uids: readonly string[]) => {
  const unread: string[] = [];
  const read = async (uid: string): Promise<readonly Job[]> => {
    try {
      const job = await services.jobs.get(uid);
      return job && isDue(job, services.clock.now()) ? [job] : [];
    } catch (error) {
      services.log.error("a job could not be read", { uid }, error);
      unread.push(uid);
      return [];
    }
  };
  const due = (await Promise.all(uids.map(read))).flat();
  const { checks: next, failed } = await reconcile(services)(due);
  return { next, failed: new Set([...unread, ...failed]) };
};

/** A message that comes twice, or after the sweep, finds nothing due. */
const isDue = ({ dueAt = Number.POSITIVE_INFINITY, outbox }: Job, now: number): boolean =>
  outbox !== undefined || dueAt <= now + clockSkewMs;

const clockSkewMs = 250;
