import { fault, hasLane } from "./fault.ts";

/** Processes that the work starts and does not wait for, and the lane in which they work. */
const children = [
  ["background", "b"],
  ["setsid", "s"],
  ["double-fork", "d"],
  ["clean-environment", "e"],
  ["pipe", "m"],
] as const;

export const childFaults = children.map(([shape, lane]) =>
  fault({
    name: `child-${shape}`,
    isHidden: true,
    kinds: ["shell", "python", "spawn", "supervised"],
    // A worker without the client often knows only the one process that it has started.
    work: (chance) => ({ shape, stops: chance < 0.5 ? "process" : "group" }),
    hasFired: (stage) => hasLane(stage, lane),
  }),
);
