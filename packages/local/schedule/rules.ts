import { explainFailure, type Outcome } from "../lambda/outcome.ts";
import type { EventSource } from "../platform/event-source.ts";
import { settleWithin } from "../platform/within-grace.ts";
import { nextTime } from "../schedule-expression/schedule.ts";
import type { Account } from "../template/resources.ts";
import type { BundledSchedule } from "../template/schedules.ts";
import { scheduledEvent } from "./event.ts";
import type { Timer } from "./timer.ts";

export interface RuleOptions {
  readonly rule: BundledSchedule;
  readonly account: Account;
  readonly timer: Timer;
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  readonly note: (functionName: string, line: string) => void;
}

/**
 * Starts the functions of a rule whenever it is due. EventBridge would start them again while they still run; here that
 * time is left out, so that slow runs do not pile up on one machine. Times that went by while it slept are left out too,
 * and a run that fails is not tried again, for the next one is never far.
 */
export const startRule = ({ rule, account, timer, invoke, note }: RuleOptions): EventSource => {
  const createdAt = timer.now();
  let takeBack = (): void => {};
  let stopped = false;
  let running: Promise<unknown> | undefined;

  const armAfter = (time: number): void => {
    const due = nextTime(rule.schedule, createdAt, time);
    if (due === undefined) return;
    takeBack = timer.at(due, () => {
      armAfter(Math.max(due, timer.now()));
      if (running === undefined) fire(due);
      else for (const { functionName } of rule.targets) note(functionName, `${rule.id} is due, but still running`);
    });
  };

  const fire = (due: number): void => {
    const runs = rule.targets.map(async ({ functionName, input }) => {
      const event = input ?? JSON.stringify(scheduledEvent(rule, due, account));
      const { kind, payload } = await invoke(functionName, event);
      if (kind === "failed" && !stopped)
        note(functionName, `the run for ${rule.id} failed: ${explainFailure(payload)}`);
    });
    running = Promise.all(runs).finally(() => {
      running = undefined;
    });
  };

  armAfter(createdAt);
  return {
    async stop(graceMs) {
      stopped = true;
      takeBack();
      if (running) await settleWithin(graceMs, [running]);
    },
  };
};
