import type { Fault } from "./faults/fault.ts";
import { findFault } from "./faults/table.ts";
import { backendOf, type Plan } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { monotonicMs } from "./referee/effects.ts";
import type { JobRecord } from "./referee/record.ts";
import { begin } from "./stage/begin.ts";
import { Stage } from "./stage/stage.ts";
import { plainWork, type WorkSettings } from "./work/start-work.ts";
import type { World } from "./worlds/world.ts";

export interface RunOptions {
  readonly plan: Plan;
  readonly world: World;
  readonly containment: Containment;
  readonly directory: string;
  /** A job of somebody else, which has to run on. */
  readonly bystander: { readonly uid: string };
  readonly backend?: string;
  readonly onStage?: (stage: Stage) => void;
  readonly work?: Partial<WorkSettings>;
}

/** How long the work may go on after a reading before nobody watches any more. */
const watchedAfterMs = 160;
/** By then most workers have stopped. */
const firstCheckMs = 300;
/** More than any healthy worker takes to stop. */
const stopsWithinMs = 1_200;

/** Runs one job: faults first, then everything is healed and has to come to an end. Returns what the referee saw. */
export const runJob = async (options: RunOptions): Promise<JobRecord> => {
  const { plan, world, containment, directory } = options;
  const faults = plan.faults.map(findFault);
  const behaviours = faults.map((fault) => fault.work?.(plan.chance));
  const work: WorkSettings = Object.assign({ ...plainWork }, ...behaviours, options.work);
  const stage = await Stage.open({ plan, world, containment, directory, work });
  options.onStage?.(stage);
  const beganAt = monotonicMs();
  let broken: string | undefined;
  try {
    await play(stage, faults);
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error);
  }
  try {
    return await toRecord(stage, faults, options, { beganAt, ...(broken === undefined ? {} : { broken }) });
  } finally {
    await stage.close();
  }
};

const play = async (stage: Stage, faults: readonly Fault[]): Promise<void> => {
  const act = async (hook: "begin" | "before" | "request" | "after" | "heal", otherwise?: () => Promise<void>) => {
    const acting = faults.filter((fault) => fault[hook] !== undefined);
    for (const fault of acting) {
      stage.acting = fault.name;
      await fault[hook]?.(stage);
    }
    if (acting.length === 0) await otherwise?.();
  };
  await act("begin", () => begin(stage));
  await act("before");
  await act("request", () => stage.cancel());
  await act("after");

  await act("heal");
  stage.world.restore?.();
  await reconnect(stage);
  await converge(stage);
};

/** Opens the way again, and waits until a worker that was cut off is heard. */
const reconnect = async (stage: Stage): Promise<void> => {
  const wasCut = stage.wire.dropped() > 0;
  const before = stage.heard().length;
  stage.wire.set("open");
  const canBeHeard = () => !stage.isMute && stage.isWorkerAlive();
  if (wasCut) await stage.until(() => stage.heard().length > before || !canBeHeard(), heardWithinMs);
};

/** The client's longest pause between two tries, and some more. */
const heardWithinMs = 2_500;

/** With everything healed: a worker has its time to stop, and then every deadline passes. */
const converge = async (stage: Stage): Promise<void> => {
  const { world } = stage;
  // Refused before it began.
  if (stage.uid === "") return;
  const canStop = () => !stage.isMute && stage.isWorkerAlive();
  let isOver =
    (await hasEndedOtherwise(stage)) ||
    (await stage.watch(canStop() ? firstCheckMs : 0)) ||
    (await stage.passAndCheck(1_000)) ||
    (await stage.watch(canStop() ? stopsWithinMs : 0));
  const deadline = 3 * (world.leaseSeconds + world.graceSeconds) * 1000;
  const step = (world.leaseSeconds * 1000) / 2;
  for (let passed = 0; passed < deadline && !isOver; passed += step)
    isOver = (await stage.passAndCheck(step)) || (await hasEndedOtherwise(stage));
  await stage.watch(0);
  const watched = monotonicMs() + watchedAfterMs;
  while (monotonicMs() < watched) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    await stage.read();
  }
  await world.pass(1_000);
  await world.sweep();
  await stage.read();
};

/** Whether every cancel came too late, so that there will be no receipt. */
const hasEndedOtherwise = async (stage: Stage): Promise<boolean> => {
  if (stage.receipts.readings.length > 0) return false;
  const { state } = await stage.get(`/jobs/${stage.uid}`);
  return state === "succeeded" || state === "failed";
};

const toRecord = async (
  stage: Stage,
  faults: readonly Fault[],
  options: RunOptions,
  run: Pick<JobRecord, "beganAt" | "broken">,
): Promise<JobRecord> => {
  const { plan, receipts, uid, wire, work, world, isAccepted, cancelledAt, cancelledProductAt, next } = stage;
  await receipts.settled();
  const watchedUntil = monotonicMs();
  const { state = "unknown" } = uid === "" ? {} : await stage.get(`/jobs/${uid}`);
  const bystander = await stage.get(`/jobs/${options.bystander.uid}`);
  const isProcessAlive = stage.isBystanderAlive();
  return {
    plan,
    uid,
    backend: options.backend ?? backendOf[plan.kind],
    leaseMs: world.leaseSeconds * 1000,
    readings: receipts.readings,
    effects: stage.effects(),
    wire: [...wire.events],
    parts: work.parts,
    ...(cancelledAt === undefined ? {} : { cancelledAt }),
    ...(cancelledProductAt === undefined ? {} : { cancelledProductAt }),
    isAccepted,
    state,
    ...(next === undefined ? {} : { next }),
    bystanders: { process: isProcessAlive, job: bystander.state === "running" },
    watchedUntil,
    fired: faults.filter(({ name, hasFired }) => hasFired?.(stage) ?? stage.hasFired(name)).map(({ name }) => name),
    ...run,
  };
};
