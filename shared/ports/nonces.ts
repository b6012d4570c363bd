import type { Instant } from "../domain/job.ts";

export interface Nonces {
  /** Takes a nonce of this key; false when it was taken before. */
  use(keyId: string, nonce: string, now: Instant): Promise<boolean>;
}
