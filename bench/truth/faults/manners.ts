import { fault, hasLane } from "./fault.ts";
import { waitForPresumption } from "./wait-for-presumption.ts";

const hourMs = 3_600_000;

/** What work, or its worker, does wrong by itself. */
export const mannerFaults = [
  fault({
    name: "loop-blocked",
    kinds: ["node"],
    work: () => ({ manners: "blocks" }),
    before: async (stage) => {
      stage.flag("block");
      stage.fired = await stage.until(() => hasLane(stage, "k"), 5_000);
      stage.isMute = true;
    },
    after: async (stage) => {
      if (stage.plan.chance < 0.5) await waitForPresumption(stage);
    },
    heal: async (stage) => {
      stage.flag("block", false);
      stage.isMute = false;
    },
  }),
  fault({
    name: "abort-swallowed",
    kinds: ["shell", "python", "node", "session"],
    work: () => ({ manners: "swallows", stops: "nothing" }),
    hasFired: (stage) => stage.effects().some(({ at }) => at > (stage.cancelledAt ?? at) + 200),
  }),
  fault({
    name: "early-return",
    kinds: ["node"],
    work: () => ({ manners: "returns" }),
    hasFired: (stage) => stage.heard().some(({ kind }) => kind === "finish"),
  }),
  fault({
    name: "lane-untold",
    isHidden: true,
    kinds: ["node"],
    work: () => ({ manners: "floats" }),
    hasFired: (stage) => hasLane(stage, "x"),
  }),
  fault({
    name: "lanes",
    kinds: ["node"],
    work: () => ({ manners: "lanes" }),
    hasFired: (stage) => hasLane(stage, "l"),
  }),
  fault({
    name: "worker-lies",
    isHidden: true,
    kinds: ["shell", "python"],
    work: () => ({ stops: "says-so" }),
    hasFired: (stage) => stage.heard().some(({ kind, outcome }) => kind === "finish" && outcome === "cancelled"),
  }),
  fault({
    name: "clock-of-worker",
    kinds: ["node", "spawn", "supervised", "session"],
    work: (chance) => ({ clockAheadMs: chance < 0.5 ? hourMs : -hourMs }),
    hasFired: () => true,
  }),
];
