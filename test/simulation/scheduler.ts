import { setImmediate as nextTurn } from "node:timers/promises";
import { pick } from "../../bench/truth/plan/plan.ts";

interface Turn {
  readonly actor: string;
  readonly go: () => void;
}

export type Scheduler = ReturnType<typeof createScheduler>;

/** Whoever wants to do something waits for its turn; turns come one at a time, in an order that the seed gives. */
export const createScheduler = (random: () => number) => {
  const turns: Turn[] = [];
  const dead = new Set<string>();
  let busy: Promise<unknown> = Promise.resolve();

  const alive = () => turns.filter(({ actor }) => !dead.has(actor));

  return {
    /** Resolves when it is this actor's turn, and never if it is dead by then. */
    turn: (actor: string) => new Promise<void>((go) => turns.push({ actor, go: () => !dead.has(actor) && go() })),
    /** What must end before the next turn. */
    occupy: <Result>(work: Promise<Result>): Promise<Result> => {
      busy = work.catch(() => {});
      return work;
    },
    /** Nothing of this actor goes on: as a function that is frozen and never thawed. */
    kill: (actor: string): Promise<never> => {
      dead.add(actor);
      return new Promise<never>(() => {});
    },
    killSomebody: () => void dead.add(pick(alive(), random).actor),
    killAll: () => {
      for (const { actor } of turns) dead.add(actor);
      turns.length = 0;
    },
    isAnybodyWaiting: () => alive().length > 0,
    deaths: () => dead.size,
    step: async () => {
      const [next] = turns.splice(Math.floor(random() * turns.length), 1);
      next?.go();
      await nextTurn();
      await busy;
      for (let i = 0; i < 3; i++) await nextTurn();
    },
    settle: async () => {
      for (let i = 0; i < 3; i++) await nextTurn();
    },
  };
};
