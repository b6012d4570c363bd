import { type Assurance, type EvidenceKind, isTerminal } from "../../../shared/domain/job.ts";
import { toReceipt } from "../../../shared/domain/receipt.ts";
import { actorOf, endOf, firstOf, type Invariant, same, toJobs } from "./invariant.ts";
import { jobIn } from "./model-ledger.ts";
import { firstUid, leaseSeconds, type Request } from "./model-setting.ts";

const evident: Invariant = (step) =>
  firstOf(toJobs(step.to), (job) => {
    const { uid, state, cancellation, startedAt } = job;
    const evidence = cancellation?.evidence;
    if (state === "cancelled" && (!evidence || cancellation?.outcome !== "stopped"))
      return "cancelled without evidence";
    if (!evidence)
      return (cancellation?.outcome === "stopped" || cancellation?.outcome === "completed-first") && "no evidence";
    if (!isTerminal(state)) return "evidence of the end of a job that goes on";
    if (same(jobIn(step.from.ledger, uid), job)) return false;
    return evidence.kind === "never-started" && startedAt !== undefined && "what never started had started";
  });

/**
 * No silence counts before every lease is over: those that heartbeats were answered with, and one since the cancel. Until
 * then no report is refused for it either, whichever clock the function has that deals with it.
 */
const leasesHold: Invariant = (step, rules) => {
  const { from, to } = step;
  const first = jobIn(to.ledger, firstUid);
  const evidence = first?.cancellation?.evidence;
  const isTakenOver = first?.state === "failed" && first.error?.startsWith("no heartbeat");
  const silentAt = evidence?.kind === "lease-expired" ? evidence.at : isTakenOver ? first?.endedAt : undefined;
  if (silentAt === undefined) return false;
  const leases = [
    first?.registeredAt ?? 0,
    first?.cancellation?.requestedAt ?? 0,
    ...to.requests.map((progress) => endOf(progress)?.leaseFrom ?? 0),
  ];
  const until = Math.max(...leases) + leaseSeconds * 1000;
  if (until > silentAt) return "the worker had a lease when it was taken for dead";
  const wasSilent = jobIn(from.ledger, firstUid)?.cancellation?.evidence?.kind === "lease-expired";
  const answered = endOf(step.index === undefined ? undefined : to.requests[step.index]);
  if (wasSilent && actorOf(step, rules) === "heartbeat" && answered?.verdict === "refused" && to.time < until)
    return "a heartbeat was refused within its lease";
  return silentAt > to.time && "an end that has not come yet";
};

/** A receipt is worth what its evidence is worth, or less once it is contradicted; only what was observed is verified. */
const noMoreThanSeen: Invariant = ({ to }) =>
  firstOf(toJobs(to), (job) => {
    const { cancellation } = job;
    const { evidence, assurance, contradictionCount = 0 } = cancellation ?? {};
    if (cancellation === undefined || evidence === undefined) return false;
    if (assurance === "contradicted" && contradictionCount === 0) return "contradicted by nothing";
    if (assurance !== "contradicted" && assurance !== worth[evidence.kind]) return `${evidence.kind} is ${assurance}`;
    return toReceipt(job, cancellation).verified !== (assurance === "observed") && "verified without a witness";
  });

/** The table of the design, once more. */
const worth: Readonly<Record<EvidenceKind, Assurance>> = {
  "process-gone": "observed",
  "session-gone": "observed",
  "provider-witnessed": "observed",
  "start-refused": "observed",
  "provider-reported": "reported",
  "supervisor-reported": "acknowledged",
  "worker-acknowledged": "acknowledged",
  "never-started": "never-started",
  "lease-expired": "presumed",
};

/** Whoever is refused after the end has shown a sign of life, which is on the receipt where it says something else. */
const signsOfLifeTold: Invariant = (step, rules) => {
  const actor = actorOf(step, rules);
  const end = endOf(step.index === undefined ? undefined : step.to.requests[step.index]);
  const cancellation = jobIn(step.to.ledger, firstUid)?.cancellation;
  if (end?.verdict !== "refused" || cancellation?.evidence === undefined) return false;
  if (cancellation.assurance === "contradicted") return false;
  const fits = fitting[cancellation.outcome === "completed-first" ? "completed-first" : cancellation.evidence.kind];
  return (
    !(fits ?? ["cancelled", "failed"]).includes(actor ?? "read") && `a ${actor} after the end is not on the receipt`
  );
};

/** What contradicts neither this evidence nor this outcome; else a late report of the stop does not. */
const fitting: Readonly<Partial<Record<EvidenceKind | "completed-first", readonly Request[]>>> = {
  "completed-first": ["succeeded"],
  "never-started": ["heartbeat", "cancelled"],
  "start-refused": ["heartbeat", "start", "cancelled", "failed"],
  "lease-expired": [],
};

/** Steps come in the order of their times, and nothing ends before it was asked for. */
const inOrder: Invariant = ({ to }) =>
  firstOf(toJobs(to), ({ endedAt = Number.POSITIVE_INFINITY, registeredAt, cancellation }) => {
    if (endedAt < registeredAt) return "a job ended before it was registered";
    if (cancellation === undefined) return false;
    const { steps, requestedAt, evidence } = cancellation;
    if (steps.some(({ at: time }, index) => time < (steps[index - 1]?.at ?? requestedAt))) return "steps out of order";
    return Math.min(evidence?.at ?? endedAt, endedAt) < requestedAt && "an end before the request";
  });

/** By their numbers in the design. */
export const receiptInvariants: Readonly<Record<string, Invariant>> = {
  "10 cancelled is never without evidence": evident,
  "11 a lease that was granted holds": leasesHold,
  "12 a receipt says no more than was seen": noMoreThanSeen,
  "13 a sign of life after the end is on the receipt": signsOfLifeTold,
  "14 steps are in order": inOrder,
};
