import { numbersFrom, pick } from "../../bench/truth/plan/plan.ts";
import { isTerminal } from "../../shared/domain/job.ts";
import { eventId } from "../../shared/domain/outcome-event.ts";
import type { JobsTable } from "../support/stack/jobs-table.ts";
import { begin, drawPlan } from "./actors.ts";
import { checkAnswers, createAnswers } from "./answers.ts";
import { commitChecks } from "./commit-checks.ts";
import { type Functions, simulatedFunctions } from "./functions.ts";
import { createHistory, type History } from "./history.ts";
import { createScheduler } from "./scheduler.ts";
import {
  type Circumstances,
  document,
  type Given,
  type NativeId,
  otherProject,
  strangersProject,
  type Violate,
} from "./setting.ts";
import { simulatedTable } from "./table.ts";

export interface Simulated {
  readonly violations: readonly { readonly what: string; readonly detail?: unknown }[];
  readonly counts: Readonly<Record<string, number>>;
}

const startedAt = 1_795_341_600_000;
const jumps = [1, 5, 50, 300, 900, 1500, 2500];
const maxSteps = 3_000;

/**
 * Lets workers, cancels, messages, sweeps and cleanups run at once over a few jobs of two tenants, step by step in an
 * order that the seed gives, while calls fail, functions are killed, indexes lag and clocks differ. Every commit and every
 * answer is checked, and that all comes to its end once the faults are over.
 */
export const simulate = async (table: JobsTable, { seed, skewMs, lag, faults }: Given): Promise<Simulated> => {
  const random = numbersFrom(seed, "A", 0);
  const violations: { what: string; detail?: unknown }[] = [];
  const violate: Violate = (what, detail) => void violations.push({ what, detail });
  const counts: Record<string, number> = {};
  let time = startedAt + seed * 10_000_000;
  let isFaulty = faults;
  const circumstances: Circumstances = {
    random,
    skewMs,
    lag,
    faulty: () => isFaulty,
    now: () => time,
    count: (what) => {
      counts[what] = (counts[what] ?? 0) + 1;
    },
  };

  const scheduler = createScheduler(random);
  const history: History = createHistory(commitChecks(violate, (id) => functions.timesTold(id) > 0));
  const simulated = simulatedTable(table, scheduler, history, circumstances);
  const functions: Functions = simulatedFunctions(simulated, document, scheduler, violate, circumstances);
  const answers = createAnswers(history, circumstances);
  const ids: readonly NativeId[] = [strangersProject, otherProject].flatMap((project) =>
    ["a", "b"].map((name) => ({ project, jobId: `${name}-${seed}` })),
  );
  const stage = { ...circumstances, functions, answers, ids, uids: [] as string[] };

  const plan = [...drawPlan(random)];
  for (let steps = 0; steps < maxSteps && (plan.length > 0 || scheduler.isAnybodyWaiting()); steps++) {
    const chance = random();
    const next = chance < 0.12 || !scheduler.isAnybodyWaiting() ? plan.shift() : undefined;
    if (next !== undefined) {
      begin(next, stage);
      await scheduler.settle();
    } else if (chance < 0.2) {
      time += pick(jumps, random);
    } else {
      if (isFaulty && random() < 0.01 && scheduler.isAnybodyWaiting()) scheduler.killSomebody();
      await scheduler.step();
    }
  }

  // Everybody is gone, and nothing fails any more: the schedule alone brings all to its end.
  isFaulty = false;
  scheduler.killAll();
  for (let minute = 0; minute < 8 && !isSettled(history); minute++) {
    time += 60_000;
    for (const name of ["sweep", "cleanup"]) {
      begin(name, stage);
      await scheduler.settle();
    }
    for (let steps = 0; steps < maxSteps && scheduler.isAnybodyWaiting(); steps++) await scheduler.step();
  }
  checkEnds(history, functions, violate);
  checkAnswers(answers, history, violate);
  return {
    violations,
    counts: { ...counts, commits: history.length(), incarnations: history.uids().length, kills: scheduler.deaths() },
  };
};

const isSettled = (history: History): boolean =>
  history.uids().every((uid) => {
    const { state, outbox, cancellation } = history.last(uid);
    return isTerminal(state) && outbox === undefined && cancellation?.outcome !== "stopping";
  });

const checkEnds = (history: History, functions: Functions, violate: Violate): void => {
  for (const uid of history.uids()) {
    const job = history.last(uid);
    const { state, outbox, cancellation } = job;
    if (!isTerminal(state)) violate(`${state} for ever`);
    if (outbox !== undefined) violate("an outbox that is never emptied");
    if (cancellation === undefined) continue;
    if (cancellation.outcome === "stopping") violate("a cancellation without an end");
    for (const announcement of ["requested", cancellation.outcome] as const)
      if (announcement !== "stopping" && functions.timesTold(eventId(job, announcement)) === 0)
        violate(`nobody heard of ${announcement}`);
    const ends = (["stopped", "completed-first"] as const).filter((end) => functions.timesTold(eventId(job, end)) > 0);
    if (ends.length > 1) violate("two outcomes were told");
  }
};
