import type { Instant } from "../cancellation/job.ts";

/** A key, as it is used from one address. */
export interface Attempt {
  readonly keyId: string;
  readonly source: string;
}

/** More than this many wrong signatures in a row lock a key at an address. */
export const toleratedFailures = 5;
export const lockMs = 5 * 60_000;

/**
 * Counts wrong signatures in a row. P: the count is of a key *and* an address, so that somebody else's wrong signatures
 * never lock out the owner of a key, who is elsewhere (docs/decisions/0009).
 */
export interface Lockouts {
  isLocked(attempt: Attempt, now: Instant): Promise<boolean>;
  failed(attempt: Attempt, now: Instant): Promise<void>;
  succeeded(attempt: Attempt, now: Instant): Promise<void>;
}

export interface Nonces {
  /** Takes a nonce of this key; false when it was taken before. */
  use(keyId: string, nonce: string, now: Instant): Promise<boolean>;
}
