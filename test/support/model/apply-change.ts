import type { Change } from "../../../shared/domain/change.ts";
import { isTerminal, type Job } from "../../../shared/domain/job.ts";
import { isLater } from "../../../shared/domain/may-cancel.ts";
import { isFormerDigest } from "../../../shared/domain/request-digests.ts";

/** What the store makes of a change, as a pure function: the job after it, or undefined where its condition fails. */
export const applyChange = (job: Job, change: Change): Job | undefined => {
  if (!holds(job, change.when)) return undefined;
  const {
    set,
    claim,
    conclude,
    contradict,
    escalation,
    step,
    repeat,
    requestDigest,
    formerDigest,
    announce = [],
    announced = [],
    due,
  } = change;
  const before = claim ?? job.cancellation;
  const cancellation = before && {
    ...before,
    ...(conclude && { outcome: conclude.outcome }),
    ...(conclude?.evidence && { evidence: conclude.evidence }),
    ...(conclude?.assurance && { assurance: conclude.assurance }),
    ...(conclude?.residue && { residue: conclude.residue }),
    ...(contradict && {
      assurance: contradict.assurance,
      contradictions: contradict.contradictions,
      contradictionCount: contradict.count,
    }),
    ...(escalation && { escalation }),
    steps: step ? [...before.steps, step] : before.steps,
    repeats: before.repeats + (repeat ? 1 : 0),
  };
  const { outbox: unsent = [], dueAt, ...rest } = job;
  const { requestDigests = [], formerDigests = [] } = job;
  const outbox = [...new Set([...unsent, ...announce])].filter((name) => !announced.includes(name)).sort();
  const ends = set?.state !== undefined && isTerminal(set.state);
  const next = due === undefined ? (ends ? undefined : dueAt) : due === "no-more" ? undefined : due.at;
  return {
    ...rest,
    ...set,
    ...(cancellation && { cancellation }),
    ...(requestDigest && { requestDigests: [...new Set([...requestDigests, requestDigest])] }),
    ...(formerDigest && { formerDigests: [...new Set([...formerDigests, formerDigest])] }),
    ...(next === undefined ? {} : { dueAt: next }),
    ...(outbox.length > 0 ? { outbox } : {}),
  };
};

const holds = (job: Job, when: Change["when"]): boolean =>
  when.states.includes(job.state) &&
  (when.uid === undefined || when.uid === job.uid) &&
  (when.askedAt === undefined ||
    (job.supersedes !== undefined && !isLater(job, { askedAt: when.askedAt })) ||
    job.registeredAt <= when.askedAt ||
    isFirstBy(job, when.firstBy)) &&
  (when.heartbeatAt === undefined || when.heartbeatAt === job.heartbeatAt) &&
  (when.heartbeatBefore === undefined || job.heartbeatAt < when.heartbeatBefore) &&
  (when.dueAt === undefined || when.dueAt === (job.dueAt ?? null)) &&
  (when.stepCount === undefined || when.stepCount === job.cancellation?.steps.length) &&
  (when.escalationStep === undefined || when.escalationStep === (job.cancellation?.escalation?.step ?? 0)) &&
  (when.outcome === undefined || when.outcome === job.cancellation?.outcome) &&
  (when.notFormerDigest === undefined || !isFormerDigest(job, when.notFormerDigest)) &&
  (when.assurance === undefined || when.assurance === job.cancellation?.assurance) &&
  (when.contradictionCount === undefined || when.contradictionCount === (job.cancellation?.contradictionCount ?? 0)) &&
  (when.outbox === undefined || sameMembers(when.outbox, job.outbox ?? [])) &&
  (when.jobTypes === undefined || when.jobTypes.includes(job.jobType)) &&
  (when.secretHash === undefined || job.secretHash === undefined || when.secretHash === job.secretHash) &&
  (when.account === undefined || job.account === undefined || when.account === job.account);

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((member) => others.includes(member));

const isFirstBy = ({ supersedes, registeredAt }: Job, by = Number.POSITIVE_INFINITY): boolean =>
  supersedes === undefined && registeredAt <= by;
