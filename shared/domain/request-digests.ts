import type { Change } from "./change.ts";
import { clockSkewMs } from "./clock-skew.ts";
import { type Instant, type Job, jobStates } from "./job.ts";

/** As many as an item has room for. A client that asks again and again signs each request anew. */
const maxDigests = 64;

/** Returns the digests that an incarnation takes over from the one that it supersedes. */
export const inheritDigests = (ended: Job, now: Instant): readonly string[] => {
  const { requestDigests = [], formerDigests = [], registeredAt } = ended;
  // A signature of before that incarnation is too old by now to be accepted once more.
  const isOld = registeredAt + 2 * clockSkewMs <= now;
  return [...requestDigests, ...(isOld ? [] : formerDigests)].slice(0, 2 * maxDigests);
};

export const isNewDigest = ({ requestDigests = [] }: Job, digest: string | undefined): digest is string =>
  digest !== undefined && requestDigests.length < maxDigests && !requestDigests.includes(digest);

/** Keeps the digest of a request that means an incarnation before this one: the same bytes again mean that one too. */
export const keepFormerDigest = (job: Job, digest: string | undefined): Change | undefined => {
  const { uid, formerDigests = [] } = job;
  if (digest === undefined || isFormerDigest(job, digest) || formerDigests.length >= 2 * maxDigests) return undefined;
  return { when: { uid, states: jobStates }, formerDigest: digest };
};

/** Whether these very bytes cancelled, or were to cancel, an incarnation before this one. */
export const isFormerDigest = ({ formerDigests = [] }: Job, digest: string | undefined): boolean =>
  digest !== undefined && formerDigests.includes(digest);
