import { toSettings } from "../../../shared/config/settings.ts";
import type { Change, Decision } from "../../../shared/domain/change.ts";
import type { CancelCommand } from "../../../shared/domain/decide-cancel.ts";
import { currentStep } from "../../../shared/domain/decide-reconcile.ts";
import { isFenced } from "../../../shared/domain/expiry.ts";
import type { Instant, Job } from "../../../shared/domain/job.ts";
import { cleanupDueAt } from "../../../shared/domain/staleness.ts";
import type { Registered, Written } from "../../../shared/ports/job-store.ts";
import type { StoreCall } from "./model-ledger.ts";
import { type Asked, done, type End, type Progress, type Resumed } from "./model-progress.ts";
import { checked, published, toPublish } from "./model-reconcile.ts";
import {
  commandOf,
  firstUid,
  jobAt,
  listening,
  type Request,
  type Rules,
  registrationOf,
  reporter,
  type Setting,
  type System,
  tombstoneSeconds,
} from "./model-setting.ts";

/** What a request asks of the store in its next step, if anything. */
export const callOf = (progress: Progress, kind: Request, time: Instant): StoreCall | undefined => {
  switch (progress.at) {
    case "begin":
      if (kind === "cleanup") return { call: "due", queueName: "cleanup", now: time };
      if (kind === "sweep") return { call: "due", queueName: "reconcile", now: time };
      if (["cancel", "signed", "message", "heartbeat"].includes(kind) || isRegistration(kind)) return undefined;
      return { call: "get", uid: firstUid };
    case "read":
      return { call: "get", uid: progress.uid };
    case "write":
      return progress.named === undefined
        ? { call: "change", change: progress.decision.change }
        : { call: "changeIncarnation", uid: progress.named, change: progress.decision.change };
    case "putTombstone": {
      const { trigger, requestedBy, requestedAt } = progress.command;
      const tombstone = { trigger, requestedBy, requestedAt, until: requestedAt + tombstoneSeconds * 1000 };
      return { call: "putTombstone", tombstone };
    }
    case "register":
    case "register again":
      return { call: "register", job: progress.job, registration: registrationOf(kind) };
    case "keep former digest":
    case "make way":
    case "move":
    case "put back":
      return { call: "changeIncarnation", uid: progress.uid, change: progress.change };
    default:
      return undefined;
  }
};

const isRegistration = (kind: Request): boolean => kind.startsWith("register");

/** Goes on with a request once it has its answer; in several ways where the outside may answer several things. */
export const resume = (
  progress: Progress,
  kind: Request,
  answer: unknown,
  time: Instant,
  rules: Rules,
): readonly Resumed[] => {
  const then = (next: Progress): readonly Resumed[] => [{ next }];
  switch (progress.at) {
    case "begin":
      return then(begun(kind, answer, time, rules));
    case "read":
      return then(decided(kind, answer as Job | undefined, progress, time, rules));
    case "write":
      return then(written(kind, answer as Written, progress, time, rules));
    case "putTombstone":
      if (answer === undefined) return then({ at: "end", verdict: "remembered" });
      return then(settled(kind, rules.system.decideUnseen(progress.command), undefined, progress, rules));
    case "register":
    case "register again": {
      const registered = answer as Registered;
      const change = progress.at === "register" ? toWay(registered, time, rules) : undefined;
      if (change === undefined) return then(endOfRegistration(registered));
      return then({ at: "make way", uid: registered.job?.uid ?? "", change, job: progress.job });
    }
    case "keep former digest":
      return then(progress.then);
    case "make way": {
      const { applied, job } = answer as Written;
      if (applied) return then({ at: "register again", job: progress.job });
      return then(endOfRegistration({ registered: false, job: job as Job }));
    }
    case "stop": {
      const { job } = progress;
      const end: End = { at: "end", verdict: "accepted", job: { uid: job.uid, state: job.state } };
      // The job API answers with the receipt as it is: a lease that was over already ends the cancellation at once.
      const isOver = kind === "cancel by uid" && isFenced(job, time);
      const change = rules.system.expire(job, time);
      return [{ next: isOver ? { at: "put back", uid: job.uid, change, end } : end, stopsAsked: `${job.uid}/0` }];
    }
    case "check":
      return checked(progress.job, time, rules);
    case "move": {
      const { job } = answer as Written;
      return then(job ? { at: "check", job } : done);
    }
    case "stop again": {
      const { job, checkAt } = progress;
      const escalationStep = job.cancellation ? currentStep(job.cancellation) : 0;
      return [{ next: toPublish(job, checkAt, time), stopsAsked: `${job.uid}/${escalationStep}` }];
    }
    case "publish":
      return published(progress.job, progress.checkAt, time, rules);
    case "put back":
      return then((answer as Written).applied ? progress.end : (progress.otherwise ?? progress.end));
    case "end":
      return [];
  }
};

/** Ends the active job whose worker is presumed to have stopped, or is replaced by the same principal's. */
const toWay = ({ registered, job }: Registered, time: Instant, { system }: Rules): Change | undefined => {
  if (registered || job === undefined) return undefined;
  return isFenced(job, time) ? system.expire(job, time) : system.decideTakeover(job, reporter, time);
};

const endOfRegistration = ({ registered, job, tombstone }: Registered): Progress =>
  tombstone
    ? { at: "end", verdict: "cancelled-before-start" }
    : { at: "end", verdict: registered ? "registered" : "job-already-active", job };

const begun = (kind: Request, answer: unknown, time: Instant, rules: Rules): Progress => {
  const { setting, system } = rules;
  switch (kind) {
    case "cancel":
    case "signed":
    case "message": {
      const command = commandOf(kind, time);
      return settled(kind, system.decideUnseen(command), undefined, { command }, rules);
    }
    case "heartbeat":
      return settled(kind, system.renewUnseen(firstUid, time), undefined, { named: firstUid, beganAt: time }, rules);
    case "start":
      return decided(kind, answer as Job | undefined, { named: firstUid, beganAt: time }, time, rules);
    case "cancel by uid":
      return decided(kind, answer as Job | undefined, { named: firstUid, command: commandOf(kind, time) }, time, rules);
    case "register":
    case "register anew":
    case "register by key":
      return { at: "register", job: jobAt(time, setting) };
    case "check": {
      const job = answer as Job | undefined;
      return job?.cancellation && (job.outbox || (job.dueAt ?? Infinity) <= time) ? { at: "check", job } : done;
    }
    case "sweep": {
      const [job] = answer as readonly Job[];
      return job ? { at: "check", job } : done;
    }
    case "cleanup":
      return cleanedUp((answer as readonly Job[])[0], time, rules);
    default:
      return decided(kind, answer as Job | undefined, { named: firstUid }, time, rules);
  }
};

/** Judges the job that is due: either it is cancelled as it was read, or it is put back. */
const cleanedUp = (job: Job | undefined, time: Instant, rules: Rules): Progress => {
  const { setting, system } = rules;
  if (job === undefined) return done;
  const policy = policyFor(job, time, setting, system);
  if (policy === undefined) {
    const due = Math.max(cleanupDueAt(job, listening(setting, time), time), time + 1000);
    const when = { states: [job.state], dueAt: job.dueAt ?? null } as const;
    const change: Change = { when, due: { on: "cleanup", at: due } };
    return { at: "put back", uid: job.uid, change, end: done };
  }
  const command: CancelCommand = {
    ...commandOf("cleanup", time),
    reason: `policy:${policy.name}`,
    ...(policy.heartbeatLost ? { ifSilent: true } : {}),
  };
  return decided("cleanup", job, { named: job.uid, command }, time, rules);
};

const { policies } = toSettings({ principals: [] });

const policyFor = (job: Job, time: Instant, setting: Setting, { matchPolicies }: System) => {
  const judged = matchPolicies(policies, [job], {
    now: time,
    listening: listening(setting, time),
    alive: new Set(),
  });
  return policies.find((policy) => judged.get(policy)?.length);
};

const decide = (
  kind: Request,
  job: Job | undefined,
  command: CancelCommand | undefined,
  time: Instant,
  { setting, system }: Rules,
): Decision<string> => {
  if (command) {
    // A job that was heard of since it was judged is left alone.
    const isStale = job && kind === "cleanup" ? policyFor(job, command.requestedAt, setting, system) : true;
    return isStale ? system.decideCancel(job, command, time) : { outcome: "changed" };
  }
  switch (kind) {
    case "heartbeat":
    case "start":
      return system.decideHeartbeat(job, kind === "start", time);
    case "succeeded":
    case "failed":
    case "cancelled":
      return system.decideFinish(job, { outcome: kind }, reporter, time);
    default:
      return job && isFenced(job, time) ? { change: system.expire(job, time), outcome: "read" } : { outcome: "read" };
  }
};

const decided = (kind: Request, job: Job | undefined, asked: Asked, time: Instant, rules: Rules): Progress =>
  settled(kind, decide(kind, job, asked.command, time, rules), job, asked, rules);

const written = (
  kind: Request,
  { applied, job }: Written,
  { decision, command, named, beganAt }: Extract<Progress, { at: "write" }>,
  time: Instant,
  rules: Rules,
): Progress =>
  applied && decision.outcome !== undefined
    ? settled(kind, { outcome: decision.outcome }, job, { command, named, beganAt }, rules)
    : decided(kind, job, { command, named, beganAt }, time, rules);

/** A decision that has a change is to be written; the others are answers. */
const settled = (
  kind: Request,
  decision: Decision<string>,
  job: Job | undefined,
  { command, named, beganAt }: Asked,
  { system }: Rules,
): Progress => {
  if (decision.change) return { at: "write", decision, command, named, beganAt };
  const verdict = decision.outcome;
  if (command && job?.supersedes !== undefined && system.isMeantForEarlier(job, command)) {
    const then: Progress = { at: "read", uid: job.supersedes, named: job.supersedes, command };
    const change = system.keepFormerDigest(job, command.requestDigest);
    return change ? { at: "keep former digest", uid: job.uid, change, then } : then;
  }
  if (command && kind === "message" && verdict === "not-found") return { at: "putTombstone", command };
  const isClaim = command !== undefined && verdict === "accepted" && job?.cancellation?.repeats === 0;
  if (isClaim && job.state === "stopping") return { at: "stop", job };
  const isLease = verdict === "recorded" && beganAt !== undefined;
  const told = job ? { job: { uid: job.uid, state: job.state } } : {};
  const end: End = { at: "end", verdict, ...told, ...(isLease ? { leaseFrom: beganAt } : {}) };
  const postponed = isLease && job ? system.postpone(job) : undefined;
  return postponed ? { at: "put back", uid: named ?? firstUid, change: postponed, end } : end;
};
