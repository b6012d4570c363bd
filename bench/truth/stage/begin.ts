import type { Stage } from "./stage.ts";

/** Registers the job, starts its worker and lets it do some parts. */
export const begin = async (stage: Stage): Promise<void> => {
  const { plan, work, world } = stage;
  // A cleanup that runs by itself may be faster than the campaign.
  if (plan.trigger === "schedule") stage.cancelledProductAt = world.now() + world.maxRuntimeSeconds * 1000;
  const usesClient = plan.kind !== "shell" && plan.kind !== "python";
  if (!usesClient) await stage.register();
  await stage.startWorker();
  if (usesClient && !(await stage.until(() => registeredBy(stage) !== "", beginsWithinMs)))
    throw new Error("the worker has not registered its job");
  if (usesClient) stage.uid = registeredBy(stage);
  const parts = Math.min(plan.partsBefore, work.parts);
  const hasBegun = () => (work.state === "queued" ? stage.heard().length > 0 : stage.effects().length >= parts);
  // A worker that has ended was cancelled before its first part.
  if (!(await stage.until(() => hasBegun() || !stage.isWorkerAlive(), beginsWithinMs)))
    throw new Error("the work has not begun");
};

/** More than a loaded machine takes to start a process. */
const beginsWithinMs = 20_000;

const registeredBy = ({ wire }: Stage): string =>
  wire.events.find(({ kind, status }) => kind === "register" && status === 201)?.uid ?? "";
