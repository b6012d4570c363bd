import type { Change, Decision } from "../../shared/cancellation/change.ts";
import { type CancelCommand, decideCancel, decideUnseen } from "../../shared/cancellation/decide-cancel.ts";
import {
  decideFinish,
  decideHeartbeat,
  type ReportedOutcome,
  renewUnseen,
} from "../../shared/cancellation/decide-report.ts";
import { expire, isFenced } from "../../shared/cancellation/expiry.ts";
import type { Job } from "../../shared/cancellation/job.ts";
import { applyChange } from "./apply-change.ts";
import { aJob, now } from "./jobs.ts";

/** What one request may be in this model; each is decided by the code that decides in production. */
export type Request = "cancel" | "heartbeat" | "start" | "read" | ReportedOutcome;

export interface Decisions {
  readonly decideCancel: typeof decideCancel;
  readonly decideHeartbeat: typeof decideHeartbeat;
  readonly decideFinish: typeof decideFinish;
  readonly expire: typeof expire;
}

export const realDecisions: Decisions = { decideCancel, decideHeartbeat, decideFinish, expire };

/** A request under way: not yet begun, about to write, or answered. One that is never stepped on has crashed. */
export type Progress =
  | { readonly at: "begin" }
  | { readonly at: "write"; readonly decision: Decision<string> & { readonly change: Change } }
  | { readonly at: "end"; readonly verdict: string };

export interface World {
  readonly job: Job;
  /** 0, or 1 once the worker has been silent for as long as its lease. */
  readonly lapsed: 0 | 1;
  readonly requests: readonly Progress[];
}

const leaseSeconds = 10;

const timeIn = ({ lapsed }: Pick<World, "lapsed">): number => now + lapsed * leaseSeconds * 1000;

const commandAt = (time: number): CancelCommand => ({
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: time,
});

const firstOf = (request: Request, job: Job, time: number, decisions: Decisions): Decision<string> => {
  if (request === "cancel") return decideUnseen(commandAt(time));
  if (request === "heartbeat") return renewUnseen(job.uid, time);
  return decide(request, job, time, decisions);
};

const decide = (request: Request, job: Job, time: number, decisions: Decisions): Decision<string> => {
  switch (request) {
    case "cancel":
      return decisions.decideCancel(job, commandAt(time), time);
    case "heartbeat":
      return decisions.decideHeartbeat(job, false, time);
    case "start":
      return decisions.decideHeartbeat(job, true, time);
    case "read":
      return isFenced(job, time) ? { change: decisions.expire(job, time), outcome: "read" } : { outcome: "read" };
    default:
      return decisions.decideFinish(job, { outcome: request }, time);
  }
};

const progressOf = (decision: Decision<string>): Progress =>
  decision.change ? { at: "write", decision } : { at: "end", verdict: decision.outcome };

/** One step of one request. Between any two of them everything else may happen, or the request may be lost. */
const stepped = (world: World, index: number, request: Request, decisions: Decisions): World | undefined => {
  const progress = world.requests[index];
  const time = timeIn(world);
  const withProgress = (next: Progress, job = world.job): World => ({
    ...world,
    job,
    requests: world.requests.with(index, next),
  });
  if (progress === undefined || progress.at === "end") return undefined;
  if (progress.at === "begin") return withProgress(progressOf(firstOf(request, world.job, time, decisions)));
  const { change, outcome } = progress.decision;
  const job = applyChange(world.job, change);
  if (job && outcome !== undefined) return withProgress({ at: "end", verdict: outcome }, job);
  const found = job ?? world.job;
  return withProgress(progressOf(decide(request, found, time, decisions)), found);
};

/** Every world that one more event leads to: a step of a request, or the passing of a whole lease. */
const successors = (world: World, requests: readonly Request[], decisions: Decisions): World[] => {
  const steps = requests.map((request, index) => stepped(world, index, request, decisions));
  const later: World[] = world.lapsed === 0 ? [{ ...world, lapsed: 1 }] : [];
  return [...steps.filter((next): next is World => next !== undefined), ...later];
};

/** Walks every order of every step of these requests on a job, each world once. Gives the number of worlds. */
export const explore = (
  state: "queued" | "running",
  requests: readonly Request[],
  check: (from: World, to: World) => void,
  decisions: Decisions = realDecisions,
): number => {
  const job = aJob({ jobId: "model", state, heartbeatTimeoutSeconds: leaseSeconds });
  const first: World = { job, lapsed: 0, requests: requests.map(() => ({ at: "begin" })) };
  const seen = new Set([JSON.stringify(first)]);
  const open = [first];
  for (let world = open.pop(); world; world = open.pop()) {
    for (const next of successors(world, requests, decisions)) {
      check(world, next);
      const name = JSON.stringify(next);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(next);
    }
  }
  return seen.size;
};
