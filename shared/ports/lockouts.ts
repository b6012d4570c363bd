import type { Instant } from "../domain/job.ts";

export interface Attempt {
  readonly keyId: string;
  readonly source: string;
}

/**
 * Counts wrong signatures in a row. P: the count is of a key *and* an address, so that somebody else's wrong signatures
 * never lock out the owner of a key, who is elsewhere (docs/decisions/0009).
 */
export interface Lockouts {
  isLocked(attempt: Attempt, now: Instant): Promise<boolean>;
  failed(attempt: Attempt, now: Instant): Promise<void>;
  succeeded(attempt: Attempt, now: Instant): Promise<void>;
}
