import type { SQSRecord } from "aws-lambda";
import { pick } from "../../bench/truth/plan/plan.ts";
import { cleanup } from "../../functions/cleanup-stale-jobs/cleanup.ts";
import { dli } from "../../functions/dli/service.ts";
import { checks } from "../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../functions/reconcile-cancellations/sweep.ts";
import type { Instant } from "../../shared/domain/job.ts";
import { cancel } from "../../shared/operations/cancel.ts";
import { queueRun, scheduledRun } from "../support/stack/runs.ts";
import type { Answers } from "./answers.ts";
import type { Actor, Functions } from "./functions.ts";
import {
  type Circumstances,
  graceSeconds,
  keyOf,
  leaseSeconds,
  maxQueuedSeconds,
  maxRuntimeSeconds,
  type NativeId,
  tombstoneSeconds,
} from "./setting.ts";

interface Stage extends Circumstances {
  readonly functions: Functions;
  readonly answers: Answers;
  readonly ids: readonly NativeId[];
  /** Those that were registered, as far as anybody was told. */
  readonly uids: string[];
}

/** Somebody who does something, alone or beside the others. */
type Play = (stage: Stage, actor: Actor) => Promise<void>;

const json = (body: object, more: Readonly<Record<string, string>> = {}) => ({
  headers: { authorization: "Bearer ops-token", "content-type": "application/json", ...more },
  body: JSON.stringify(body),
});

const authorization = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** Registers a job, beats a few times, and reports, in one of the ways that workers have. */
const worker: Play = async ({ random, answers, ids, uids, functions }, actor) => {
  const id = pick(ids, random);
  const isQueued = random() < 0.35;
  const registration = json(
    {
      service: dli.name,
      scope: { projectId: id.project },
      jobId: id.jobId,
      state: isQueued ? "queued" : "running",
      heartbeatTimeoutSeconds: leaseSeconds,
      graceSeconds,
      maxQueuedSeconds,
      ...(random() < 0.3 ? { maxRuntimeSeconds } : {}),
    },
    { "idempotency-key": actor.name.replaceAll(" ", "-") },
  );
  const register = () => answers.observe("register", { id }, () => actor.send("POST", "/jobs", registration));
  let registered = await register();
  for (let tried = 1; tried < 3 && registered.status >= 500; tried++) registered = await register();
  if (registered.status !== 201) return;
  const uid = String(registered.body.uid);
  uids.push(uid);

  const style = pick(["good", "stubborn", "failing"], random);
  let isTold = false;
  for (let beat = Math.floor(random() * 6); beat > 0; beat--) {
    await actor.pause();
    // The connection broke: that function goes on, and the worker has sent the next heartbeat already.
    if (random() < 0.2)
      functions.start("stray heartbeat", (stray) => heartbeat(answers, stray, uid, {}).then(() => {}));
    const { status, body } = await heartbeat(answers, actor, uid, isQueued ? { state: "running" } : {});
    if (status === 409) return;
    if (status === 200 && body.cancel) isTold = true;
    if (isTold && style !== "stubborn") break;
  }
  await actor.pause();
  const outcome = style === "failing" ? "failed" : isTold && style === "good" ? "cancelled" : "succeeded";
  for (let tried = 0; tried < 3; tried++) {
    const path = `/jobs/${uid}/finish`;
    const { status } = await answers.observe("finish", { uid }, () => actor.send("POST", path, json({ outcome })));
    if (status < 500) break;
  }
};

const heartbeat = (answers: Answers, actor: Actor, uid: string, body: object) =>
  answers.observe("heartbeat", { uid }, () => actor.send("POST", `/jobs/${uid}/heartbeat`, json(body)));

interface AskedByNativeId {
  readonly id: NativeId;
  readonly askedAt?: Instant;
  readonly tombstoneSeconds?: number;
}

const cancelByNativeId = async (answers: Answers, actor: Actor, trigger: "http" | "queue", asked: AskedByNativeId) => {
  const { id, ...rest } = asked;
  const principal = await actor.principal();
  const input = { name: { key: keyOf(id) }, service: dli, principal, trigger, ...rest };
  await answers.observe(trigger === "http" ? "cancel" : "message", asked, () => cancel(actor.services)(input));
};

/** A message that was sent a little while ago, and may come twice. */
const message = (stage: Stage): void => {
  const { random, answers, ids, functions, now } = stage;
  const asked = {
    id: pick(ids, random),
    askedAt: now() - Math.floor(random() * 3) * 1000,
    ...(random() < 0.5 ? { tombstoneSeconds } : {}),
  };
  for (let copies = 1 + Math.floor(random() * 2); copies > 0; copies--)
    functions.start("message", async (actor) => {
      await actor.pause();
      await cancelByNativeId(answers, actor, "queue", asked);
    });
};

const byUid =
  (path: string, method: string, what: "read" | "cancel by uid"): Play =>
  async ({ random, answers, uids }, actor) => {
    if (uids.length === 0) return;
    const uid = pick(uids, random);
    const sent = method === "POST" ? json({}) : authorization("ops-token");
    await answers.observe(what, { uid }, () => actor.send(method, `/jobs/${uid}${path}`, sent));
  };

/** Somebody who may see one project only. */
const stranger: Play = async ({ random, answers, uids }, actor) => {
  if (uids.length === 0) return;
  const uid = pick(uids, random);
  const sent = json({}, authorization("tenant-token").headers);
  await answers.observe("stranger", { uid }, () => actor.send("POST", `/jobs/${uid}/cancel`, sent));
};

const check: Play = async ({ random, functions, uids }, actor) => {
  const due = functions.dueChecks();
  const uid = due.length > 0 && random() < 0.9 ? pick(due, random) : uids.length > 0 ? pick(uids, random) : undefined;
  if (uid === undefined) return;
  await checks.settle([{ messageId: "check", body: JSON.stringify({ uid }) } as SQSRecord], queueRun(actor.services));
};

const plays: Readonly<Record<string, Play>> = {
  worker,
  cancel: ({ random, answers, ids }, actor) => cancelByNativeId(answers, actor, "http", { id: pick(ids, random) }),
  "cancel by uid": byUid("/cancel", "POST", "cancel by uid"),
  read: byUid("", "GET", "read"),
  stranger,
  check,
  cleanup: async (_, actor) => void (await cleanup.run(scheduledRun(actor.services))),
  sweep: async (_, actor) => void (await sweep.run(scheduledRun(actor.services))),
};

/** How often each is drawn. */
const weights: Readonly<Record<string, number>> = {
  worker: 4,
  cancel: 2,
  "cancel by uid": 1,
  message: 1,
  stranger: 0.5,
  cleanup: 1,
  sweep: 2,
  check: 2,
  read: 2,
};

export const drawPlan = (random: () => number): readonly string[] => {
  const bag = Object.entries(weights).flatMap(([name, weight]) => Array<string>(weight * 2).fill(name));
  return ["worker", ...Array.from({ length: 10 + Math.floor(random() * 10) }, () => pick(bag, random))];
};

export const begin = (name: string, stage: Stage): void => {
  const play = plays[name];
  if (play === undefined) message(stage);
  else stage.functions.start(name, (actor) => play(stage, actor));
};
