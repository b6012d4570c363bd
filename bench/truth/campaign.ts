import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Outcome, toOutcome } from "./outcome.ts";
import type { Plan } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { runJob } from "./run-job.ts";
import { type Stage, tokenOf } from "./stage/stage.ts";
import { bundlePrograms } from "./work/bundle-programs.ts";
import { runNodeWorkFrom, type WorkSettings } from "./work/start-work.ts";
import { projectId, type World } from "./worlds/world.ts";

export interface Campaign {
  readonly plans: readonly Plan[];
  readonly containment: Containment;
  /** Each world has one job at a time. */
  readonly worlds: number;
  readonly startWorld: (directory: string) => Promise<World>;
  /** No job is begun after that, by `performance.now()`. */
  readonly deadline: number;
  readonly backend?: string;
  readonly work?: Partial<WorkSettings>;
  readonly onStage?: (stage: Stage) => void;
  /** Nothing is begun any more once it says so of an outcome. */
  readonly isEnough?: (outcome: Outcome) => boolean;
  /** What was done to the stack between two moments. */
  readonly during?: (from: number, to: number) => readonly string[];
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface CampaignResult {
  readonly outcomes: readonly Outcome[];
  /** Those that the budget left no time for. */
  readonly notRun: readonly Plan[];
  /** Those of which the referee could not read what it needs. */
  readonly unjudged: readonly Plan[];
}

/** Runs the jobs of a campaign, several beside each other. */
export const runCampaign = async (campaign: Campaign): Promise<CampaignResult> => {
  const directory = await mkdtemp(path.join(tmpdir(), "standdown-truth-"));
  // A database server of another user leaves effects in here.
  await chmod(directory, 0o755);
  await bundlePrograms(directory);
  runNodeWorkFrom(directory);
  const queue = [...campaign.plans];
  const outcomes: Outcome[] = [];
  const unjudged: Plan[] = [];
  const workThrough = async (): Promise<void> => {
    if (queue.length === 0) return;
    const world = await campaign.startWorld(directory);
    try {
      const bystander = await registerBystander(world, tokenOf(queue[0]?.tier ?? "A"));
      while (performance.now() < campaign.deadline) {
        const plan = queue.shift();
        if (plan === undefined) return;
        const record = await runJob({ ...campaign, plan, world, directory, bystander }).catch((error: unknown) => {
          console.error(`${JSON.stringify(plan)} could not be judged:`, error);
        });
        if (record === undefined) {
          unjudged.push(plan);
          continue;
        }
        const outcome = toOutcome(record, campaign.during?.(record.beganAt, record.watchedUntil) ?? []);
        outcomes.push(outcome);
        campaign.onOutcome?.(outcome);
        if (campaign.isEnough?.(outcome)) queue.length = 0;
      }
    } finally {
      await world.stop();
    }
  };
  try {
    await Promise.all(Array.from({ length: campaign.worlds }, workThrough));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return { outcomes: outcomes.sort((a, b) => a.plan.index - b.plan.index), notRun: queue, unjudged };
};

const weekSeconds = 7 * 86_400;

/** A job that nobody cancels, beside those that are. */
const registerBystander = async ({ ask }: World, token: string): Promise<{ readonly uid: string }> => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const job = { service: "dli", scope: { projectId }, jobType: "QUERY", heartbeatTimeoutSeconds: weekSeconds };
  const { status, text } = await ask("POST", "/jobs", { headers, body: JSON.stringify(job) });
  if (status !== 201) throw new Error(`the bystander could not be registered: ${status} ${text}`);
  return { uid: JSON.parse(text).uid };
};
