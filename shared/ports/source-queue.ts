import type { SQSRecord } from "aws-lambda";

/** Why a message cannot be done by trying again. */
export interface DeadLetterReason {
  readonly code: string;
  /** For people; without anything that was received. */
  readonly detail: string;
}

export interface SourceQueue {
  /** Moves a message to the dead-letter queue, with its reason and without its secrets. */
  deadLetter(record: SQSRecord, reason: DeadLetterReason, now: number): Promise<void>;
  /** Lets messages come again after a delay. Never fails: their visibility timeout brings them back anyway. */
  delay(records: readonly SQSRecord[]): Promise<void>;
}
