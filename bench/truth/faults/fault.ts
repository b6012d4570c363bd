import type { Kind, Tier, Trigger } from "../plan/plan.ts";
import { kinds, tiers, triggers } from "../plan/plan.ts";
import type { Stage } from "../stage/stage.ts";
import type { WorkSettings } from "../work/start-work.ts";

/** One thing that goes wrong with a job, or that its work does. What is left out does what a healthy job does. */
export interface Fault {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly share: number;
  readonly kinds: readonly Kind[];
  readonly triggers: readonly Trigger[];
  readonly tiers: readonly Tier[];
  /** Work that its worker does not know of, or lies about: nobody but a witness from outside can see that it goes on. */
  readonly isHidden?: true;
  /** Needs a namespace: without one it is not run. */
  readonly needsNamespace?: true;
  /** It does not go together with another one. */
  readonly isAlone?: true;
  readonly work?: (chance: number) => Partial<WorkSettings>;
  /** In place of registering the job and starting its worker. */
  readonly begin?: (stage: Stage) => Promise<void>;
  /** While the work runs, before the cancel. */
  readonly before?: (stage: Stage) => Promise<void>;
  /** In place of the one cancel. */
  readonly request?: (stage: Stage) => Promise<void>;
  /** After the cancel, before anything is healed. */
  readonly after?: (stage: Stage) => Promise<void>;
  /** Undoes it. Requests of workers always go through again by then. */
  readonly heal?: (stage: Stage) => Promise<void>;
  /** Whether it has happened; by default, what the fault has set. */
  readonly hasFired?: (stage: Stage) => boolean;
}

export const fault = (given: Pick<Fault, "name"> & Partial<Fault>): Fault => ({
  share: 1,
  kinds,
  triggers,
  tiers,
  ...given,
});

/** Whether a lane of the work has left an effect. */
export const hasLane = (stage: Stage, lane: string): boolean =>
  stage.effects().some(({ part }) => part.startsWith(lane));
