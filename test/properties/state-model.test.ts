import { describe, expect, test } from "vitest";
import { expire } from "../../shared/cancellation/expiry.ts";
import { isTerminal, leaseExpiresAt } from "../../shared/cancellation/job.ts";
import { applyChange } from "../support/apply-change.ts";
import { type Decisions, explore, type Request, realDecisions, type World } from "../support/state-model.ts";

/** The invariants of one job, in every world and across every step. Throws where one is broken. */
const checkFor = (requests: readonly Request[]) => (from: World, to: World) => {
  const { job, requests: progress } = to;
  const { cancellation } = job;
  const told = (verdict: string, ...of: Request[]) =>
    progress.filter((each, i) => each.at === "end" && each.verdict === verdict && of.includes(requests[i] as Request));
  const violated = (rule: string) => {
    throw new Error(`${rule}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`);
  };

  if (isTerminal(from.job.state) && job.state !== from.job.state) violated("a terminal state is absorbing");
  const ends = told("recorded", "succeeded", "failed", "cancelled");
  if (ends.length > 1) violated("one report ends a job");
  if (job.state === "cancelled" && !cancellation?.evidence) violated("cancelled is never without evidence");
  if (told("accepted", "cancel").length > 0 && !cancellation) violated("an accepted cancel is on record");
  if (isTerminal(job.state) && cancellation?.outcome === "stopping") violated("an ended job has a settled receipt");
  if (cancellation?.evidence && !isTerminal(job.state)) violated("evidence is of an end");
  if (from.job.cancellation?.evidence && from.job.cancellation.evidence !== cancellation?.evidence)
    violated("evidence is never replaced");
  const claimed = from.job.cancellation;
  if (claimed && claimed.requestedAt !== cancellation?.requestedAt) violated("a cancellation is sticky");
  if (told("recorded", "succeeded").length > 0 && job.state !== "succeeded")
    violated("completion that was recorded stands");
  if (cancellation && job.state === "succeeded" && cancellation.outcome !== "completed-first")
    violated("the receipt says that the work completed first");
  const asked = told("accepted", "cancel").length + (cancellation ? told("too-late", "cancel").length : 0);
  const underWay = progress.filter(({ at }, i) => requests[i] === "cancel" && at !== "end").length;
  if (cancellation && cancellation.repeats > asked + underWay - 1) violated("every repeat is of one request");
  const over = leaseExpiresAt(job);
  if (job.state === "stopping" && applyChange(job, expire(job, over))?.state !== "cancelled")
    violated("what is stopping ends at the latest when somebody looks after the lease");
};

const requestSets: readonly (readonly Request[])[] = [
  ["cancel", "cancel", "heartbeat", "succeeded", "read"],
  ["cancel", "cancel", "heartbeat", "failed", "read"],
  ["cancel", "cancel", "cancelled", "succeeded", "read"],
  ["cancel", "start", "succeeded", "cancelled", "read"],
  ["cancel", "cancel", "start", "heartbeat", "read"],
  ["cancel", "cancelled", "cancelled", "heartbeat", "heartbeat"],
  ["cancel", "cancel", "cancel", "failed", "read"],
];

const cases = requestSets.flatMap((requests) =>
  (["queued", "running"] as const).map((state) => ({ state, requests, name: `${state}: ${requests.join(", ")}` })),
);

describe("every order of every step keeps the invariants", () => {
  test.each(cases)("$name", ({ state, requests }) => {
    expect(explore(state, requests, checkFor(requests))).toBeGreaterThan(100);
  });
});

/** Each breaks one decision in a way that a tired engineer could. The model must notice all of them. */
const broken: Readonly<Record<string, Partial<Decisions>>> = {
  "a finish that does not look at the state": {
    decideFinish: (job, report, now) => {
      const decision = realDecisions.decideFinish(job, report, now);
      if (!decision.change?.set?.state) return decision;
      return {
        ...decision,
        change: { ...decision.change, when: { states: ["running", "stopping", "succeeded", "cancelled"] } },
      };
    },
  },
  "an expiry that a heartbeat does not void, and that has no evidence": {
    expire: (job, now) => {
      const { conclude, ...change } = realDecisions.expire(job, now);
      return change;
    },
  },
  "a cancel that claims over a claim": {
    decideCancel: (job, command, now) => {
      const running = job && realDecisions.decideCancel({ ...job, state: "running" }, command, now);
      return job?.state === "stopping" && running?.change
        ? { change: { ...running.change, when: { states: ["stopping"] } }, outcome: "accepted" }
        : realDecisions.decideCancel(job, command, now);
    },
  },
  "an acknowledgement that leaves the receipt open": {
    decideFinish: (job, report, now) => {
      const { change, outcome } = realDecisions.decideFinish(job, report, now);
      if (!change || outcome === undefined) return realDecisions.decideFinish(job, report, now);
      const { conclude, ...rest } = change;
      return { change: rest, outcome };
    },
  },
  "a finish of a fenced worker that wins": {
    decideFinish: (job, report, now) => realDecisions.decideFinish(job && { ...job, heartbeatAt: now }, report, now),
    expire: (job, now) => ({
      ...realDecisions.expire(job, now),
      when: { states: ["stopping", "succeeded", "cancelled"] },
    }),
  },
};

test.each(Object.entries(broken))("notices %s", (_, decisions) => {
  const exploreAll = () => {
    for (const { state, requests } of cases)
      explore(state, requests, checkFor(requests), { ...realDecisions, ...decisions });
  };
  expect(exploreAll).toThrow();
});
