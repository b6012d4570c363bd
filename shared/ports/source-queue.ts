import type { SQSRecord } from "aws-lambda";

/** Why a message cannot be done by trying again. */
export interface DeadLetterReason {
  /** Such as `not-found`. */
  readonly code: string;
  /** For people; without anything that was received. */
  readonly detail: string;
}

/** What a function may do with the messages of its own queue, besides having dealt with them. */
export interface SourceQueue {
  /** Moves a message to the dead-letter queue, with its reason and without its secrets. */
  deadLetter(record: SQSRecord, reason: DeadLetterReason, now: number): Promise<void>;
  /** Lets messages come again after so long. Never fails: they come again when their visibility timeout is over. */
  delay(records: readonly SQSRecord[]): Promise<void>;
}
