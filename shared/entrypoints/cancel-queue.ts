import type { SQSRecord } from "aws-lambda";
import { remainingMs } from "../concurrency/deadline.ts";
import { earliest, sentAt, sentFirstAt } from "../domain/message-time.ts";
import type { CancelOutcome, Outcome } from "../domain/outcome.ts";
import type { Principal } from "../domain/principal.ts";
import { cancelNative } from "../operations/cancel-native.ts";
import type { CancelOperation } from "../operations/define.ts";
import type { Services } from "../ports/services.ts";
import type { DeadLetterReason } from "../ports/source-queue.ts";
import { describeIssue, type RequestError, RequestRejected } from "../validation/request-error.ts";
import { type CancelMessage, invalidSecretRef, namedParameter, readCancelMessage } from "./cancel-message.ts";
import type { QueueFunction, QueueRun } from "./sqs.ts";

type MessageOutcome =
  | Outcome<CancelOutcome | "remembered">
  | (Outcome<"dead-lettered"> & { readonly reason: DeadLetterReason; readonly error?: unknown })
  | (Outcome<"retry"> & { readonly error?: unknown });

export const cancelQueue = (operation: CancelOperation): QueueFunction => ({
  settle: async (records, run) => {
    const settleOne = async (record: SQSRecord) => ({ record, outcome: await settle(operation, record, run) });
    const settled = await Promise.all(records.map(settleOne));
    for (const { record, outcome } of settled) report(operation, record, outcome, run);
    const checks = settled.flatMap(({ outcome }) => outcome.check ?? []);
    const failed = settled.filter(({ outcome }) => outcome.kind === "retry").map(({ record }) => record);
    await Promise.all([run.closing.reconcileQueue.schedule(checks), run.closing.sourceQueue.delay(failed)]);
    return failed.map(({ messageId }) => messageId);
  },
});

/** After one more attempt SQS itself would move the message, with its secrets and without a reason. */
export const maxAttempts = 18;

const isLast = ({ attributes }: SQSRecord): boolean => Number(attributes.ApproximateReceiveCount) >= maxAttempts;

const settle = async (operation: CancelOperation, record: SQSRecord, run: QueueRun): Promise<MessageOutcome> => {
  const outcome = await attempt(operation, record, run).catch((error: unknown) => ({ kind: "retry", error }) as const);
  if (outcome.kind !== "retry" || !isLast(record)) return outcome;
  const reason = { code: "gave-up", detail: `It failed ${maxAttempts} times; the log says why.` };
  try {
    return { ...(await deadLetter(record, reason, run.closing)), error: outcome.error };
  } catch (error) {
    return { kind: "retry", error };
  }
};

/** Cancels, or dead-letters what no attempt will change. Whatever is thrown is worth another attempt. */
const attempt = async (
  operation: CancelOperation,
  record: SQSRecord,
  { services, deadline }: QueueRun,
): Promise<MessageOutcome> => {
  if (remainingMs(deadline) <= 0) return { kind: "retry" };
  let reason: DeadLetterReason | undefined;
  try {
    const outcome = await cancelByMessage(operation, record, services);
    const detail = hopeless[outcome.kind];
    if (detail === undefined) return outcome;
    reason = { code: outcome.kind, detail };
  } catch (error) {
    reason = error instanceof RequestRejected ? toDeadLetterReason(error.failure) : undefined;
    if (reason === undefined) throw error;
  }
  return deadLetter(record, reason, services);
};

const deadLetter = async (
  record: SQSRecord,
  reason: DeadLetterReason,
  { sourceQueue, clock }: Pick<Services, "sourceQueue" | "clock">,
) => {
  await sourceQueue.deadLetter(record, reason, clock.now());
  return { kind: "dead-lettered", reason } as const;
};

const cancelByMessage = async (operation: CancelOperation, record: SQSRecord, services: Services) => {
  const message = readCancelMessage(record.body, operation.name);
  // Whom AWS authenticated as the sender.
  const { SenderId: sender } = record.attributes;
  const principal = (await services.credentials()).byTrigger("queue", sender) ?? nobody;
  const { tombstoneSeconds } = await services.settings();
  return cancelNative(services)(operation, {
    principal,
    parameters: await toParameters(message, operation, services),
    trigger: "queue",
    askedAt: earliest(sentAt(record), sentFirstAt(record), message.askedAt),
    secretRef: message.secretRef,
    reason: message.reason,
    onBehalfOf: message.requestedBy,
    tombstoneSeconds: message.ifUnknown === "tombstone" ? tombstoneSeconds : undefined,
  });
};

const nobody: Principal = { name: "queue", policies: [] };

const toParameters = async (
  message: CancelMessage,
  operation: CancelOperation,
  { secrets }: Pick<Services, "secrets">,
) => {
  const { parameters, secretRef = "" } = message;
  const named = namedParameter(message, operation);
  if (named === undefined) return parameters;
  const secret = await secrets.find(secretRef);
  if (secret === undefined) throw invalidSecretRef("the name of a secret that is kept");
  return { ...parameters, [named]: secret };
};

/** Outcomes that no attempt will change; any other leaves nothing to do. */
const hopeless: Partial<Readonly<Record<CancelOutcome | "remembered", string>>> = {
  "not-found": "There is no such job.",
  "wrong-secret": "The secret is not the one that the job was registered with.",
  "unsupported-type": "Jobs of this type cannot be cancelled.",
};

/** Returns undefined where another attempt may succeed. */
const toDeadLetterReason = (failure: RequestError): DeadLetterReason | undefined => {
  switch (failure.kind) {
    case "invalid":
      return { code: failure.kind, detail: `${failure.issues.map(describeIssue).join("; ")}.` };
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

const report = ({ name }: CancelOperation, { messageId }: SQSRecord, outcome: MessageOutcome, run: QueueRun): void => {
  const { requestId, functionName, services } = run;
  const fields = { requestId, function: functionName, trigger: "queue", operation: name, messageId };
  if ("error" in outcome && outcome.error !== undefined)
    services.log.error("a message could not be dealt with", fields, outcome.error);
  services.log.info("message", { ...fields, outcome: toLogged(outcome), ...jobFields(outcome) });
};

const toLogged = (outcome: MessageOutcome): string =>
  outcome.kind === "dead-lettered" ? `dead-lettered: ${outcome.reason.code}` : outcome.kind;

const jobFields = ({ job }: MessageOutcome) => (job === undefined ? {} : { service: job.service, uid: job.uid });
