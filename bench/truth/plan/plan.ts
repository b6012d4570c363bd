/** What is drawn for one job, from the seed and its number alone. */
export interface Plan {
  readonly seed: number;
  readonly index: number;
  readonly tier: Tier;
  readonly kind: Kind;
  readonly trigger: Trigger;
  /** Names in the table of faults: one, or two that go together. */
  readonly faults: readonly string[];
  /** How many parts the work has done when the job is cancelled. */
  readonly partsBefore: number;
  /** Decides within a fault, 0 to 1. */
  readonly chance: number;
}

/** A: product functions in this process, with a clock of their own. B: the packaged stack. C: faults of the stack itself. */
export const tiers = ["A", "B", "C"] as const;
export type Tier = (typeof tiers)[number];

/**
 * `shell` and `python` call the job API themselves; `node` and `spawn` use the client, the second for child processes.
 * `supervised` is a shell under `standdown run`, `session` a query in PostgreSQL.
 */
export const kinds = ["shell", "python", "node", "spawn", "supervised", "session"] as const;
export type Kind = (typeof kinds)[number];

/** Whose witness a receipt of such work goes by. */
export const backendOf: Readonly<Record<Kind, string>> = {
  shell: "worker",
  python: "worker",
  node: "worker",
  spawn: "worker",
  supervised: "process",
  session: "postgres",
};

export const triggers = ["native", "job-api", "queue", "schedule"] as const;
export type Trigger = (typeof triggers)[number];

/** Uniform numbers from 0 to 1 that depend on the seed, the tier and the index only (mulberry32). */
export const numbersFrom = (seed: number, tier: Tier, index: number): (() => number) => {
  const place = tiers.length * index + tiers.indexOf(tier) + 1;
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(place, 0xc2b2ae35);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const pick = <Item>(items: readonly Item[], random: () => number): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
};
