import type { Job } from "../../../shared/domain/job.ts";
import { keptOf } from "./model-ledger.ts";
import type { Progress } from "./model-progress.ts";
import type { Request, Rules } from "./model-setting.ts";
import type { Step, World } from "./state-model.ts";

/** What is wrong with a step or with the world that it leads to, if anything is. */
export type Invariant = (step: Step, rules: Rules) => string | false | undefined;

export const toJobs = ({ ledger }: World): readonly Job[] => keptOf(ledger).map(({ job }) => job);

export const firstOf = <Item>(items: readonly Item[], wrong: (item: Item) => string | false | undefined) =>
  items.map(wrong).find(Boolean);

/** The request that has taken this step. */
export const actorOf = ({ index }: Step, { kinds }: Rules): Request | undefined =>
  index === undefined ? undefined : kinds[index];

export const endOf = (progress: Progress | undefined) => (progress?.at === "end" ? progress : undefined);

export const same = (one: unknown, other: unknown) => one === other || JSON.stringify(one) === JSON.stringify(other);
