import { describe, expect, test } from "vitest";
import type { Plan } from "../../../bench/truth/plan/plan.ts";
import { judge } from "../../../bench/truth/referee/judge.ts";
import type { Reading, Receipt } from "../../../bench/truth/referee/readings.ts";
import type { JobRecord } from "../../../bench/truth/referee/record.ts";
import type { WireEvent } from "../../../bench/truth/referee/wire.ts";

const plan: Plan = {
  seed: 1,
  index: 0,
  tier: "A",
  kind: "shell",
  trigger: "native",
  faults: ["none"],
  partsBefore: 1,
  chance: 0,
};

const receipt = (given: Partial<Receipt> = {}): Receipt => ({
  trigger: "http",
  outcome: "stopped",
  assurance: "acknowledged",
  verified: false,
  evidence: null,
  steps: [{ step: "stop-requested" }],
  timeToStopMs: null,
  residue: [],
  contradictions: [],
  repeats: 0,
  ...given,
});

const reading = (at: number, given: Partial<Receipt> = {}, population = 0): Reading => ({
  receipt: receipt(given),
  at,
  productAt: at,
  population,
});

const event = (kind: WireEvent["kind"], at: number, status = 200, outcome?: string): WireEvent => ({
  kind,
  uid: "job",
  sentAt: at,
  at,
  productAt: at,
  status,
  answered: true,
  ...(outcome === undefined ? {} : { outcome }),
});

const effect = (part: string, at: number) => ({ incarnation: 1, part, at });

/** Cancelled at 1000 with a lease of 500, after two of ten parts. It is watched until 9000. */
const record = (given: Partial<JobRecord> = {}): JobRecord => ({
  plan,
  uid: "job",
  backend: "worker",
  leaseMs: 500,
  readings: [],
  effects: [effect("m1", 800), effect("m2", 900)],
  wire: [event("heartbeat", 950)],
  parts: 10,
  cancelledAt: 1000,
  cancelledProductAt: 1000,
  isAccepted: true,
  state: "cancelled",
  bystanders: { process: true, job: true },
  beganAt: 0,
  watchedUntil: 9000,
  fired: ["none"],
  ...given,
});

const finished = [event("heartbeat", 950), event("finish", 1100, 200, "cancelled")];
const presumed = { assurance: "presumed", residue: null } as const;

const classesOf = (given: Partial<JobRecord>) =>
  judge(record(given)).map(({ class: kind, assurance }) => `${kind}@${assurance ?? "-"}`);

describe("what is true is no lie:", () => {
  test.each<[string, Partial<JobRecord>]>([
    ["an acknowledged stop", { wire: finished, readings: [reading(1200)] }],
    ["an effect within the tolerance", { wire: finished, readings: [reading(1200)], effects: [effect("m2", 1249)] }],
    [
      "what was done after the referee had left",
      { wire: finished, readings: [reading(1200)], effects: [effect("m2", 9500)] },
    ],
    ["a lease of silence after the cancel", { readings: [reading(1600, presumed)] }],
    [
      "a presumed stop that was contradicted, and says so",
      {
        wire: [event("heartbeat", 950), event("heartbeat", 1700, 409)],
        readings: [
          reading(1600, presumed),
          reading(1800, { ...presumed, assurance: "contradicted", contradictions: [{ what: "" }] }),
        ],
      },
    ],
    [
      "completed first",
      {
        wire: [event("finish", 1100, 200, "succeeded")],
        parts: 2,
        state: "succeeded",
        readings: [reading(1200, { outcome: "completed-first" })],
      },
    ],
    ["too late", { isAccepted: false, state: "succeeded", parts: 2 }],
    [
      "work that goes on and is flagged",
      {
        state: "stopping",
        wire: [event("heartbeat", 1900)],
        effects: [effect("m2", 1890)],
        readings: [reading(2000, { outcome: "not-stopped", assurance: null })],
      },
    ],
    [
      "an observed refusal of the start",
      {
        effects: [],
        wire: [event("start", 1100, 409)],
        readings: [
          reading(1050, { assurance: "never-started" }),
          reading(1150, { assurance: "observed", verified: true }),
        ],
      },
    ],
  ])("%s", (_, given) => expect(classesOf(given)).toEqual([]));
});

describe("each class of lie is found:", () => {
  test.each<[string, string[], Partial<JobRecord>]>([
    [
      "an effect after it",
      ["L1@acknowledged"],
      { wire: finished, readings: [reading(1200)], effects: [effect("s9", 1300)] },
    ],
    ["a process that is left", ["L1@acknowledged"], { wire: finished, readings: [reading(1200, {}, 1)] }],
    ["nobody acknowledged", ["L2@acknowledged"], { readings: [reading(1200)] }],
    ["nobody looked", ["L2@observed"], { readings: [reading(1200, { assurance: "observed", verified: true })] }],
    [
      "verified without being observed",
      ["L2@acknowledged"],
      { wire: finished, readings: [reading(1200, { verified: true })] },
    ],
    ["less than a lease since the cancel", ["L2@presumed"], { readings: [reading(1400, presumed)] }],
    [
      "less than a lease since it was heard",
      ["L2@presumed"],
      { wire: [event("heartbeat", 1300)], readings: [reading(1600, presumed)] },
    ],
    [
      "a heartbeat after the end that is not on it",
      ["L2@presumed"],
      {
        wire: [event("heartbeat", 1700, 409)],
        readings: [reading(1600, presumed), reading(1800, { ...presumed, repeats: 1 })],
      },
    ],
    [
      "a start was accepted",
      ["L2@never-started"],
      { effects: [], wire: [event("start", 1010)], readings: [reading(1050, { assurance: "never-started" })] },
    ],
    [
      "half-done work completed",
      ["L3@acknowledged"],
      { wire: [event("finish", 1100, 200, "succeeded")], readings: [reading(1200, { outcome: "completed-first" })] },
    ],
    [
      "complete work stopped",
      ["L3@acknowledged"],
      { wire: [event("finish", 1100, 200, "succeeded")], parts: 2, readings: [reading(1200)] },
    ],
    ["what nobody knows", ["L3@presumed"], { readings: [reading(1600, { assurance: "presumed", residue: [] })] }],
    ["half-done work that has succeeded", ["L3@-"], { state: "succeeded", isAccepted: false }],
    [
      "the next incarnation",
      ["L4@-"],
      { wire: finished, readings: [reading(1200)], next: { state: "stopping", isCancelled: true } },
    ],
    [
      "still stopping",
      ["L5@-"],
      { state: "stopping", readings: [reading(1200, { outcome: "stopping", assurance: null })] },
    ],
    ["accepted, and nothing came of it", ["L5@-"], { state: "running" }],
    [
      "flagged long after the end",
      ["L6@-"],
      { wire: [event("heartbeat", 8000)], readings: [reading(8100, { outcome: "not-stopped", assurance: null })] },
    ],
    ["weaker than before", ["L7@presumed"], { wire: finished, readings: [reading(1700), reading(1800, presumed)] }],
    [
      "a bystander",
      ["collateral@-"],
      { wire: finished, readings: [reading(1200)], bystanders: { process: false, job: true } },
    ],
  ])("%s", (_, lies, given) => expect(classesOf(given)).toEqual(lies));
});
