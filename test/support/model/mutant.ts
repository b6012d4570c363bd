import type { Change, Decision } from "../../../shared/domain/change.ts";
import type { System } from "./model-setting.ts";
import type { scenarios } from "./scenarios.ts";

/** Breaks one thing in a way that a tired engineer could. */
export interface Mutant {
  readonly system: Partial<System>;
  readonly in: keyof typeof scenarios;
  /** The number of the invariant that must notice it. */
  readonly breaks: number;
}

/** The same decision with another change. */
export const withChange = <Verdict>(
  decision: Decision<Verdict>,
  edit: (change: Change) => Change,
): Decision<Verdict> => (decision.change ? { ...decision, change: edit(decision.change) } : decision);
