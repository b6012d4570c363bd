import type { SQSRecord } from "aws-lambda";
import { remainingMs, withinMs } from "../concurrency/deadline.ts";
import type { Job } from "../domain/job.ts";
import { earliest, sentAt } from "../domain/message-time.ts";
import type { Principal } from "../domain/principal.ts";
import { type Cancelled, cancel } from "../operations/cancel.ts";
import type { CancelOperation } from "../operations/define.ts";
import type { ScheduledCheck } from "../ports/reconcile-queue.ts";
import type { Services } from "../ports/services.ts";
import type { DeadLetterReason } from "../ports/source-queue.ts";
import { describeIssue, type RequestError, RequestRejected } from "../validation/request-error.ts";
import { type CancelMessage, invalidSecretRef, namedParameter, readCancelMessage } from "./cancel-message.ts";
import type { QueueFunction, QueueRun } from "./sqs.ts";

/** How one record ended. Only `again` is returned to the queue. */
type Settled =
  | { readonly kind: "done"; readonly verdict: Cancelled["verdict"]; readonly job: Job | undefined }
  | { readonly kind: "parked"; readonly reason: DeadLetterReason; readonly error?: unknown }
  | { readonly kind: "again"; readonly error?: unknown };

/** The cancels that come through the queue of one operation. Each record is settled alone. */
export const cancelQueue = (operation: CancelOperation): QueueFunction => ({
  settle: async (records, run) => {
    const asked: ScheduledCheck[] = [];
    const reconcileQueue = { schedule: async (checks: readonly ScheduledCheck[]) => void asked.push(...checks) };
    const services = { ...run.services, reconcileQueue };
    const again: SQSRecord[] = [];
    const settleOne = async (record: SQSRecord) => {
      const tried = await withinMs(run.withinMs, () => settle(operation, record, services));
      const settled = tried.kind === "again" && isLast(record) ? await giveUp(record, services, tried.error) : tried;
      if (settled.kind === "again") again.push(record);
      report(operation, record, settled, run);
    };
    await Promise.all(records.map(settleOne));
    await Promise.all([run.services.reconcileQueue.schedule(asked), run.services.sourceQueue.delay(again)]);
    return again.map(({ messageId }) => messageId);
  },
});

const settle = async (operation: CancelOperation, record: SQSRecord, services: Services): Promise<Settled> => {
  if (remainingMs() <= 0) return { kind: "again" };
  try {
    const settled = await attempt(operation, record, services);
    if (settled.kind === "parked") await services.sourceQueue.park(record, settled.reason, services.clock.now());
    return settled;
  } catch (error) {
    return { kind: "again", error };
  }
};

/** The queue itself would move the message after one attempt more, with its secrets and without a reason. */
export const maxAttempts = 18;

const isLast = ({ attributes }: SQSRecord): boolean => Number(attributes.ApproximateReceiveCount) >= maxAttempts;

/** Out of the time that is kept for what follows the records: a message that took all of theirs is parked as well. */
const givingUpMs = 1_000;

const giveUp = async (record: SQSRecord, { sourceQueue, clock }: Services, error: unknown): Promise<Settled> => {
  const reason = { code: "gave-up", detail: `It failed ${maxAttempts} times; the log says why.` };
  try {
    await withinMs(givingUpMs, () => sourceQueue.park(record, reason, clock.now()));
    return { kind: "parked", reason, error };
  } catch (failure) {
    return { kind: "again", error: failure };
  }
};

/** The pipeline of a cancel, with what parks a message as a result. Whatever is thrown is worth another attempt. */
const attempt = async (operation: CancelOperation, record: SQSRecord, services: Services): Promise<Settled> => {
  try {
    const message = readCancelMessage(record.body, operation.name);
    const principal = (await services.credentials()).byTrigger("queue") ?? nobody;
    const { tombstoneSeconds } = await services.settings();
    const { reason, requestedBy, ifUnknown } = message;
    const { verdict, job } = await cancel(services)(operation, {
      principal,
      parameters: await toParameters(message, operation, services),
      trigger: "queue",
      askedAt: earliest(sentAt(record), message.askedAt),
      ...(reason === undefined ? {} : { reason }),
      ...(requestedBy === undefined ? {} : { requestedBy }),
      ...(ifUnknown === "tombstone" ? { tombstoneSeconds } : {}),
    });
    const why = verdictDetails[verdict];
    return why === undefined
      ? { kind: "done", verdict, job }
      : { kind: "parked", reason: { code: verdict, detail: why } };
  } catch (error) {
    const reason = error instanceof RequestRejected ? toDeadLetterReason(error.failure) : undefined;
    if (reason === undefined) throw error;
    return { kind: "parked", reason };
  }
};

/** Where the configuration lets nobody in through the queue. */
const nobody: Principal = { name: "queue", policies: [] };

/** The native parameters, with the password that the message only names. */
const toParameters = async (
  message: CancelMessage,
  operation: CancelOperation,
  { secrets }: Pick<Services, "secrets">,
) => {
  const { parameters, secretRef = "" } = message;
  const named = namedParameter(message, operation);
  if (named === undefined) return parameters;
  const password = await secrets.find(secretRef);
  if (password === undefined) throw invalidSecretRef("the name of a password that is kept");
  return { ...parameters, [named]: password };
};

/** Why a verdict parks a message; one that is not listed leaves nothing to do. */
const verdictDetails: Partial<Readonly<Record<Cancelled["verdict"], string>>> = {
  "not-found": "There is no such job.",
  "wrong-secret": "The password is not the one that the job was registered with.",
  "unsupported-type": "Jobs of this type cannot be cancelled.",
};

/** A refusal that no attempt will change; undefined for one that the next may not meet. */
const toDeadLetterReason = (failure: RequestError): DeadLetterReason | undefined => {
  switch (failure.kind) {
    case "invalid": {
      return { code: failure.kind, detail: `${failure.issues.map(describeIssue).join("; ")}.` };
    }
    case "malformed":
      return { code: failure.kind, detail: `${failure.detail}.` };
    case "too-large":
      return { code: failure.kind, detail: `A message may have ${failure.limitBytes} bytes.` };
    case "forbidden":
      return { code: failure.kind, detail: `No policy allows ${failure.action} here.` };
    default:
      return undefined;
  }
};

const report = ({ name }: CancelOperation, { messageId }: SQSRecord, settled: Settled, run: QueueRun): void => {
  const { requestId, functionName, services } = run;
  const fields = { requestId, function: functionName, trigger: "queue", operation: name, messageId };
  if (settled.kind !== "done" && settled.error !== undefined)
    services.log.error("a message could not be dealt with", fields, settled.error);
  services.log.info("message", { ...fields, answer: toAnswer(settled), ...aboutJob(settled) });
};

const toAnswer = (settled: Settled): string => {
  if (settled.kind === "done") return settled.verdict;
  return settled.kind === "parked" ? `parked: ${settled.reason.code}` : settled.kind;
};

const aboutJob = (settled: Settled) =>
  settled.kind === "done" && settled.job ? { service: settled.job.service, uid: settled.job.uid } : {};
