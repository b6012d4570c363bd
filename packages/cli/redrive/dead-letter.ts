import type { Message } from "../../../shared/adapters/sqs/sqs.ts";
import type { Instant } from "../../../shared/domain/job.ts";
import { jobKey } from "../../../shared/domain/job-key.ts";
import { earliest } from "../../../shared/domain/message-time.ts";
import { type CancelMessage, namedParameter, readCancelMessage } from "../../../shared/entrypoints/cancel-message.ts";
import type { CancelOperation } from "../../../shared/operations/define.ts";
import { describeIssue, type RequestError } from "../../../shared/validation/request-error.ts";
import { validate } from "../../../shared/validation/validate.ts";

/** What a message of a dead-letter queue asks for, and how it came there. */
export interface DeadLetter {
  /** Leads to the newest incarnation of its job. */
  readonly key: string;
  readonly jobId: string;
  readonly ifUnknown: CancelMessage["ifUnknown"];
  /** Its secrets were taken out: the message as it is can cancel nothing. */
  readonly redacted: boolean;
  /** When the cancel was asked for, which says which incarnation it means. */
  readonly sentAt: Instant;
  /** Why it was dead-lettered, such as `not-found`; absent where SQS itself has moved it. */
  readonly reason?: string;
}

/** Reads a message as the function behind the queue does, but for the secret. Throws `RequestRejected` where that one would refuse it. */
export const readDeadLetter = (operation: CancelOperation, message: Message): DeadLetter => {
  const read = readCancelMessage(message.Body, operation.name);
  const { service } = operation;
  const { scope, jobId } = operation.normalize(validate(operation.parameters, nativeParameters(operation, read)));
  const { Redacted, Reason } = attributesOf(message);
  return {
    key: jobKey(service.name, service.identity(scope), jobId),
    jobId,
    ifUnknown: read.ifUnknown,
    redacted: Redacted === "true" || Object.values({ ...read.parameters }).includes("[redacted]"),
    sentAt: earliest(sentAt(message), read.askedAt) ?? 0,
    ...(Reason === undefined ? {} : { reason: Reason }),
  };
};

/** Returns the id that a message had in the operation's queue, before it was dead-lettered. */
export const originalMessageId = (message: Message): string | undefined => attributesOf(message).MessageId;

/** Any text stands in for a secret that the message only names: which job is meant does not depend on it. */
const nativeParameters = (operation: CancelOperation, message: CancelMessage) => {
  const named = namedParameter(message, operation);
  return named === undefined ? message.parameters : { ...message.parameters, [named]: "named" };
};

const attributesOf = ({ MessageAttributes = {} }: Message): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));

/** A function dead-letters by sending anew, with the time in an attribute; what SQS itself moves keeps its own. */
const sentAt = (message: Message): Instant => {
  const sent = Date.parse(attributesOf(message).SentAt ?? "");
  return Number.isNaN(sent) ? Number(message.Attributes?.SentTimestamp ?? 0) : sent;
};

/** Words a refusal for people, without anything that was received. */
export const explainRefusal = (failure: RequestError): string => {
  switch (failure.kind) {
    case "malformed":
      return failure.detail;
    case "invalid":
      return failure.issues.map(describeIssue).join("; ");
    case "too-large":
      return `it has more than ${failure.limitBytes} bytes`;
    default:
      return `the message is refused: ${failure.kind}`;
  }
};
