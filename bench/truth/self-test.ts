import type { Backend } from "../../shared/ports/backend.ts";
import type { JobStore } from "../../shared/ports/job-store.ts";
import { runCampaign } from "./campaign.ts";
import { drawPlan } from "./draw.ts";
import type { Outcome } from "./outcome.ts";
import type { Containment } from "./referee/containment.ts";
import type { Stage } from "./stage/stage.ts";
import { type Proportion, proportion, proportionText } from "./statistics.ts";
import { availableKinds } from "./work/start-work.ts";
import { startInProcess } from "./worlds/in-process.ts";

/** Says of every job that nothing is left of it, and does nothing. */
const lying: Backend = {
  escalationSteps: [{ name: "say so" }],
  stop: async () => ({ kind: "accepted" }),
  probe: async () => ({
    kind: "stopped",
    state: "cancelled",
    evidence: { kind: "process-gone", witness: "a liar", detail: "nothing is left" },
  }),
};

/** Ends everything in the namespace of a job, and looks who is left. */
const honest = (stages: ReadonlyMap<string, Stage>): Backend => ({
  escalationSteps: [{ name: "end the namespace's processes" }],
  async stop({ jobId }) {
    stages.get(jobId)?.tell("worker_and_work KILL");
    return { kind: "accepted" };
  },
  async probe({ jobId }) {
    const stage = stages.get(jobId);
    if (stage === undefined || stage.isWorkerAlive() || stage.population() !== 0) return { kind: "alive" };
    const evidence = { kind: "process-gone", witness: "a stub", detail: "the namespace is empty" } as const;
    return { kind: "stopped", state: "cancelled", evidence };
  },
});

export interface SelfTest {
  /** Jobs whose work went on after the liar's receipt, and how many of them were convicted. */
  readonly convicted: Proportion;
  /** Jobs of the honest stub, and how many were accused of anything. */
  readonly accused: Proportion;
  /** Receipts of the honest stub that say `observed`. */
  readonly observed: number;
}

/** Whether the referee can be believed: a liar is convicted, an honest witness is acquitted. */
export const runSelfTest = async (containment: Containment, jobs: number): Promise<SelfTest> => {
  const stages = new Map<string, Stage>();
  const run = async (kind: string, backend: Backend) => {
    const registeredAs = (own: JobStore): JobStore => ({
      ...own,
      register: (job, registration) => own.register({ ...job, backend: { kind } }, registration),
    });
    const { outcomes } = await runCampaign({
      // Work that does not hear of it goes on unless somebody ends it.
      plans: Array.from({ length: jobs }, (_, index) =>
        drawPlan({
          seed: 1,
          index,
          tier: "A",
          kinds: availableKinds(["shell", "python", "node"]),
          hasNamespace: true,
          only: ["abort-swallowed"],
        }),
      ),
      containment,
      worlds: Math.min(jobs, 8),
      startWorld: (directory) => startInProcess(directory, { backends: { [kind]: backend }, jobs: registeredAs }),
      deadline: Number.POSITIVE_INFINITY,
      backend: kind,
      onStage: (stage) => void stages.set(stage.jobId, stage),
    });
    return outcomes;
  };
  const byLiar = (await run("lying", lying)).filter((outcome) => outcome.fired.length > 0 && saysObserved(outcome));
  // Without a namespace the stub sees as little as anybody else.
  const byStub = containment === "none" ? [] : await run("honest", honest(stages));
  return {
    convicted: proportion(byLiar.filter(isConvicted).length, byLiar.length),
    accused: proportion(byStub.filter(({ lies }) => lies.length > 0).length, byStub.length),
    observed: byStub.filter(saysObserved).length,
  };
};

/** A heartbeat that was on its way may contradict a receipt before anybody has read it. */
const saysObserved = ({ readings }: Outcome): boolean => readings.some(({ assurance }) => assurance === "observed");

const isConvicted = ({ lies }: Outcome): boolean =>
  lies.some(({ class: kind, assurance }) => kind === "L1" && assurance === "observed");

/** What the campaign is worth nothing without. */
export const isTrustworthy = ({ convicted, accused, observed }: SelfTest): boolean =>
  convicted.of > 0 && convicted.hits >= 0.99 * convicted.of && accused.hits === 0 && observed >= accused.of / 2;

export const describeSelfTest = ({ convicted, accused, observed }: SelfTest): readonly string[] => [
  `Self test: a lying backend was convicted in ${proportionText(convicted)} of the jobs whose work went on;`,
  `  an honest stub, with ${observed} observed receipts, was accused in ${proportionText(accused)}.`,
];
