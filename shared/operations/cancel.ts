import { functionSkewMs } from "../domain/clock-skew.ts";
import { type CancelCommand, decideCancel, decideUnseen, requestOf } from "../domain/decide-cancel.ts";
import { type Instant, isForeign, type Job, type Trigger } from "../domain/job.ts";
import { isMeantForEarlier } from "../domain/may-cancel.ts";
import type { CancelOutcome, Ended } from "../domain/outcome.ts";
import type { Principal } from "../domain/principal.ts";
import { keepFormerDigest } from "../domain/request-digests.ts";
import type { ScheduledCheck } from "../domain/scheduled-check.ts";
import type { Services } from "../ports/services.ts";
import { applyDecision, type JobName } from "./apply-decision.ts";
import type { Service } from "./define.ts";
import { findBackend } from "./find-backend.ts";

export type CancelServices = Pick<Services, "jobs" | "clock" | "backends">;

export interface CancelInput<Left extends string = never> {
  readonly name: JobName;
  readonly service: Pick<Service, "cancel">;
  readonly principal: Principal;
  readonly trigger: Trigger;
  readonly reason?: string | undefined;
  readonly onBehalfOf?: string | undefined;
  /** When the caller named the job by its native identity: a message may be old, or come twice. */
  readonly askedAt?: Instant | undefined;
  readonly requestDigest?: string | undefined;
  readonly secretHash?: string | undefined;
  /** How long to remember this cancel when its job is not known yet; not at all when absent. */
  readonly tombstoneSeconds?: number | undefined;
  /** Where the reason is the worker's silence: one sign of life voids the cancel. */
  readonly ifSilent?: boolean;
  /** Where it depends on the job whether the caller may. Throws {@link RequestRejected}. */
  readonly authorizeJob?: ((job: Job) => void) | undefined;
  /** Why the caller would leave the job alone by now, though it may be cancelled. */
  readonly leftAlone?: (job: Job) => Left | undefined;
}

/**
 * Cancels a job, whoever asks and however: decide and claim in one write, then ask the backend to stop, since a claim
 * that is durable is reconciled whatever happens. Whoever calls it has authorized the principal, and schedules the
 * `check` that comes back. Throws {@link StoreThrottled} or {@link StoreUnavailable}.
 */
export const cancel =
  (services: CancelServices) =>
  async <Left extends string = never>(
    input: CancelInput<Left>,
  ): Promise<Ended<CancelOutcome | "remembered" | Left>> => {
    const command = toCommand(input, services.clock.now());
    const outcome = await claim(services, input, command);
    if (outcome.kind !== "not-found" || input.tombstoneSeconds === undefined || input.name.key === undefined)
      return outcome;
    const isRemembered = await remember(services, input.name.key, command, input.tombstoneSeconds);
    return isRemembered ? { kind: "remembered" } : claim(services, input, command);
  };

const toCommand = (input: CancelInput<string>, now: Instant): CancelCommand => {
  const { service, principal, trigger, onBehalfOf, reason, askedAt, requestDigest, secretHash, ifSilent } = input;
  return {
    rules: service.cancel,
    trigger,
    requestedBy: principal.name,
    requestedAt: now,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(reason === undefined ? {} : { reason }),
    // Whoever waits for the answer means the job that has the id now, though another function's clock registered it.
    ...(input.name.key === undefined ? {} : { askedAt: askedAt ?? now + functionSkewMs }),
    ...(input.tombstoneSeconds === undefined ? {} : { beforeJob: true }),
    ...(requestDigest === undefined ? {} : { requestDigest }),
    ...(secretHash === undefined ? {} : { secretHash }),
    ...(principal.account === undefined ? {} : { account: principal.account }),
    ...(ifSilent ? { ifSilent } : {}),
  };
};

/** Writes before it reads where the job is named by its native identity, unless it depends on the job. */
const claim = async <Left extends string>(
  services: CancelServices,
  { name, authorizeJob, leftAlone }: Pick<CancelInput<Left>, "name" | "authorizeJob" | "leftAlone">,
  command: CancelCommand,
): Promise<Ended<CancelOutcome | Left>> => {
  const { jobs, clock } = services;
  const decide = (job: Job | undefined) => {
    if (job && !isForeign(job, command.account)) authorizeJob?.(job);
    const left = job && leftAlone?.(job);
    return left === undefined ? decideCancel(job, command, clock.now()) : { outcome: left };
  };
  const mustBeSeen = authorizeJob !== undefined && name.key !== undefined;
  const seen = mustBeSeen ? await jobs.newest(name.key) : undefined;
  if (mustBeSeen && seen === undefined) return { kind: "not-found" };
  const first = name.key !== undefined && seen === undefined ? decideUnseen(command) : undefined;
  const of = seen ? { uid: seen.uid, job: seen } : name;
  const { outcome: kind, job } = await applyDecision<CancelOutcome | Left>(jobs, of, decide, first);
  if (job?.supersedes !== undefined && isMeantForEarlier(job, command)) {
    const change = keepFormerDigest(job, command.requestDigest);
    if (change) await jobs.changeIncarnation(job.uid, change);
    const former = { name: { uid: job.supersedes }, authorizeJob, ...(leftAlone ? { leftAlone } : {}) };
    return claim(services, former, command);
  }
  if (kind !== "accepted" || job?.cancellation?.repeats !== 0) return { kind, job };
  const isAsked = await stop(services, job);
  const check = firstCheck(job, clock.now());
  // What could not be asked here to stop is asked by the check, at once.
  return { kind, job, check: isAsked ? check : { ...check, delaySeconds: 0 } };
};

/** Returns whether the backend took the stop request. One that is lost here is made again by reconcile. */
const stop = async ({ backends }: CancelServices, job: Job): Promise<boolean> => {
  if (job.state !== "stopping") return true;
  const answer = await findBackend(backends, job)
    .stop(job, 0)
    .catch(() => undefined);
  return answer?.kind === "accepted";
};

const firstCheck = ({ uid, dueAt = 0 }: Job, now: Instant): ScheduledCheck => ({
  uid,
  delaySeconds: (dueAt - now) / 1000,
});

/** Returns false when the job was registered meanwhile: then it is to be cancelled after all. */
const remember = async (services: CancelServices, key: string, command: CancelCommand, seconds: number) => {
  const { account, secretHash, requestedAt } = command;
  const standing = await services.jobs.putTombstone(key, {
    ...requestOf(command),
    until: requestedAt + seconds * 1000,
    ...(account === undefined ? {} : { account }),
    ...(secretHash === undefined ? {} : { secretHash }),
  });
  return standing === undefined;
};
