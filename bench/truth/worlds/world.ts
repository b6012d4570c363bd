import type { Send } from "../referee/wire.ts";

/** The product as a campaign meets it: a way to ask, and the time that it goes by. */
export interface World {
  readonly leaseSeconds: number;
  readonly graceSeconds: number;
  /** How long a job may run before a cleanup cancels it, where that is how it is cancelled. */
  readonly maxRuntimeSeconds: number;
  /** Between the heartbeats of a worker, in seconds of the real clock. */
  readonly beatSeconds: number;
  /** Between two reads of a receipt, in milliseconds of the real clock. */
  readonly readEveryMs: number;
  /** Whether a message or a cleanup that was taken has done its part. */
  readonly isReliable: boolean;
  /** Where queries run, of which the connection `truth` is the witness. */
  readonly database?: string;
  /** What the API takes for its own name. */
  readonly host: string;
  /** One request, as it is answered. */
  readonly send: Send;
  /** The same for the campaign itself, which asks again while a stack is away. */
  readonly ask: Send;
  /** The product's clock. */
  now(): number;
  /** Lets so much of the product's time pass, whether or not anybody is heard meanwhile. */
  pass(ms: number): Promise<void>;
  /** Where the milliseconds stand by which the product's clock was moved ahead; absent where it is the real one. */
  readonly clockFile?: string;
  /** Checks one cancellation, as the delayed message does. */
  check(uid: string): Promise<void>;
  sweep(): Promise<void>;
  cleanup(): Promise<void>;
  /** Puts a cancel into the queue of `cancel-sql-job`, sent at this time of the product's clock. */
  deliver(message: object, sentAt: number): Promise<void>;
  /** Waits until the queue is empty, where it is not settled at once. */
  settleQueue?(): Promise<void>;
  /** The table cannot be reached, or a function ends at the so-and-so-many-th call from now on, until `restore`. */
  breakTable?(fault: "gone" | { readonly diesAtCall: number }): void;
  restore?(): void;
  stop(): Promise<void>;
}

export const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

/** As config/development.json has it, and what runs in this process. */
export const accessKey = { id: "development-key-id", secret: "development-key-secret" };
