import { lockMs } from "../domain/lockout-rules.ts";
import type { Principal } from "../domain/principal.ts";
import type { Services } from "../ports/services.ts";
import { RequestRejected } from "../validation/request-error.ts";

export type SecretGuard = Pick<Services, "clock" | "lockouts" | "metrics">;

/**
 * Counts wrong secrets of a job as wrong signatures of a key are counted, for each principal alone, so that nobody locks
 * out another. Guesses then cost neither the hash of a secret nor an answer that tells something. Throws
 * {@link RequestRejected}.
 */
export const guardSecret = async <End extends { readonly kind: string }>(
  { clock, lockouts, metrics }: SecretGuard,
  { key, principal }: { readonly key: string; readonly principal: Principal },
  tryIt: () => Promise<End>,
): Promise<End> => {
  const attempt = { keyId: `secret ${key}`, source: principal.name };
  if (await lockouts.isLocked(attempt, clock.now())) {
    metrics.put({ name: "Locked", value: 1, unit: "Count", dimensions: { of: "secret" }, total: true });
    throw new RequestRejected({ kind: "secret-locked", minutes: lockMs / 60_000 });
  }
  const end = await tryIt();
  if (end.kind === "wrong-secret") await lockouts.failed(attempt, clock.now());
  if (end.kind === "accepted" || end.kind === "shown") await lockouts.succeeded(attempt, clock.now());
  return end;
};
