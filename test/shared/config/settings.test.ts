import { describe, expect, test } from "vitest";
import { matchesSelector } from "../../../functions/cleanup-stale-jobs/match-policies.ts";
import { ConfigError, parseConfig } from "../../../shared/config/document.ts";
import { toSettings } from "../../../shared/config/settings.ts";
import type { CleanupPolicy, Settings } from "../../../shared/domain/cleanup-policy.ts";
import { aJob } from "../../support/stack/jobs.ts";

const parse = (more: object) => parseConfig("config.json", JSON.stringify({ principals: [], ...more }));
const settingsFor = (...policies: object[]): Settings => toSettings(parse({ cleanup: { policies } }));
const namesOf = ({ policies }: Settings) => policies.map(({ name }) => name);

/** What is told of a document that is not usable. */
const faultsIn = (more: object): readonly string[] => {
  try {
    parse(more);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...faults] = error.message.split("\n");
    expect(first).toBe("the configuration in config.json is not usable:");
    return faults.map((fault) => fault.replace("  - ", ""));
  }
  return [];
};

const limits = { maxActionsPerRun: 100, maxActionsOfAllOwners: 1_000, maxFractionOfActive: 1 };
const maxRuntime: CleanupPolicy = {
  name: "max-runtime",
  selector: {},
  ownMaxRuntime: true,
  action: "cancel",
  ...limits,
};
const heartbeatLost: CleanupPolicy = {
  name: "heartbeat-lost",
  selector: {},
  heartbeatLost: true,
  action: "cancel",
  ...limits,
};
const maxQueued: CleanupPolicy = { name: "max-queued", selector: {}, ownMaxQueued: true, action: "cancel", ...limits };

describe("without a word in the configuration", () => {
  test.each([{}, { cleanup: {} }, { cleanup: { policies: [] }, queues: {} }])(
    "jobs past their own runtime, dead workers and jobs that nobody starts are cancelled, and a tombstone is kept for a day: %j",
    (more) => {
      const policies = [maxRuntime, heartbeatLost, maxQueued];
      expect(toSettings(parse(more))).toMatchObject({ policies, tombstoneSeconds: 86_400 });
    },
  );
});

describe("a policy of the configuration", () => {
  test("has limits where it gives none, and comes before the built-in ones, in its order", () => {
    const given = { name: "nightly", service: "dli", maxRuntimeSeconds: 3600, action: "cancel" };
    const settings = settingsFor({ ...given, name: "b" }, { ...given, name: "a" });
    expect(settings.policies[0]).toEqual({ ...given, name: "b", selector: {}, ...limits });
    expect(namesOf(settings)).toEqual(["b", "a", "max-runtime", "heartbeat-lost", "max-queued"]);
  });

  test("keeps all that it says", () => {
    const given = {
      name: "etl.2",
      service: "ges",
      selector: { labels: { team: "etl" }, jobType: "algorithm", project: "p" },
      maxRuntimeSeconds: 1,
      heartbeatLost: true,
      action: "report",
      maxActionsPerRun: 5,
      maxActionsOfAllOwners: 6,
      maxFractionOfActive: 0.25,
    };
    expect(settingsFor(given).policies[0]).toEqual(given);
  });

  test("of a built-in's name changes what that does, not what it looks for, and keeps it last", () => {
    const report = { name: "heartbeat-lost", action: "report", maxActionsPerRun: 3 };
    const quick = { name: "quick", heartbeatLost: true, action: "cancel" };
    expect(settingsFor(report, quick).policies).toEqual([
      { ...quick, selector: {}, ...limits },
      maxRuntime,
      { ...heartbeatLost, action: "report", maxActionsPerRun: 3, maxActionsOfAllOwners: 30 },
      maxQueued,
    ]);
  });

  test("of a built-in's name may ask for more", () => {
    const narrow = { name: "max-runtime", service: "dli", selector: { jobType: "QUERY" }, action: "cancel" };
    expect(settingsFor(narrow).policies).toEqual([{ ...maxRuntime, ...narrow }, heartbeatLost, maxQueued]);
    const slow = { name: "heartbeat-lost", maxRuntimeSeconds: 60, action: "cancel" };
    expect(settingsFor(slow).policies).toEqual([maxRuntime, { ...heartbeatLost, maxRuntimeSeconds: 60 }, maxQueued]);
  });
});

test("how long a tombstone is kept is up to the configuration", () => {
  expect(toSettings(parse({ queues: { tombstoneSeconds: 60 } })).tombstoneSeconds).toBe(60);
});

test("cursors have a key of their own, which is another once any secret is", () => {
  const keyFor = (value: string) =>
    toSettings(parse({ principals: [{ name: "ops", tokens: [{ value }], policies: [] }] })).cursorKey.reveal();
  expect(keyFor("one")).toMatch(/^[\w-]{43}$/);
  expect(keyFor("one")).toBe(keyFor("one"));
  expect(keyFor("two")).not.toBe(keyFor("one"));
});

describe("a configuration that is not usable", () => {
  test("is told all of its faults at once, by their places and without values", () => {
    const bad = { name: "-x", service: "", action: "stop", color: "canary", maxRuntimeSeconds: 1.5 };
    const selector = { labels: { team: 7 }, jobType: "", project: 5, region: "canary" };
    const worse = { selector, heartbeatLost: false, maxActionsPerRun: 0, maxFractionOfActive: 0, action: "cancel" };
    const faults = faultsIn({
      cleanup: { policies: [bad, worse], every: "canary" },
      queues: { tombstoneSeconds: 0, retries: 3 },
    });
    expect([...new Set(faults)].sort()).toEqual(
      [
        "cleanup.every must be left out: it is not known here",
        "cleanup.policies.0.action must be cancel or report",
        "cleanup.policies.0.color must be left out: it is not known here",
        "cleanup.policies.0.maxRuntimeSeconds must be whole seconds from 1 to a year",
        "cleanup.policies.0.name must be a name of letters, digits, . - and _",
        "cleanup.policies.0.service must be a name",
        "cleanup.policies.1.heartbeatLost must be true, or left out",
        "cleanup.policies.1.maxActionsPerRun must be a whole number from 1",
        "cleanup.policies.1.maxFractionOfActive must be more than 0, at most 1",
        "cleanup.policies.1.name is missing",
        "cleanup.policies.1.selector.jobType must be a name",
        "cleanup.policies.1.selector.labels.team must be a text",
        "cleanup.policies.1.selector.project must be a name",
        "cleanup.policies.1.selector.region must be left out: it is not known here",
        "queues.retries must be left out: it is not known here",
        "queues.tombstoneSeconds must be whole seconds from 1 to a year",
      ].sort(),
    );
  });

  const withoutCondition =
    "cleanup.policies.0 must be a policy with maxRuntimeSeconds, heartbeatLost or both: without a condition it would cancel everything";

  test.each<[string, object, string]>([
    ["no condition", { cleanup: { policies: [{ name: "all", action: "cancel" }] } }, withoutCondition],
    [
      "a selector alone",
      { cleanup: { policies: [{ name: "all", action: "cancel", selector: { jobType: "QUERY" } }] } },
      withoutCondition,
    ],
    [
      "less for all owners than for one",
      {
        cleanup: {
          policies: [{ name: "max-runtime", action: "cancel", maxActionsPerRun: 9, maxActionsOfAllOwners: 8 }],
        },
      },
      "cleanup.policies.0 must be a policy whose maxActionsOfAllOwners is no less than its maxActionsPerRun",
    ],
    [
      "two policies of one name",
      {
        cleanup: { policies: ["cancel", "report"].map((action) => ({ name: "a", heartbeatLost: true, action })) },
      },
      "cleanup.policies must be policies of different names",
    ],
    [
      "a fraction over 1",
      { cleanup: { policies: [{ name: "a", heartbeatLost: true, action: "cancel", maxFractionOfActive: 1.01 }] } },
      "cleanup.policies.0.maxFractionOfActive must be more than 0, at most 1",
    ],
    ["policies that are no list", { cleanup: { policies: {} } }, "cleanup.policies must be a list of policies"],
    ["no object", { cleanup: "none" }, "cleanup must be an object"],
    ["nothing", { queues: null }, "queues must be an object"],
  ])("for it has %s", (_, more, fault) => {
    expect(faultsIn(more)).toEqual([fault]);
  });
});

describe("a policy is for", () => {
  const policy = { ...heartbeatLost, name: "some" };
  const job = aJob({ service: "ges", jobType: "algorithm", owner: "p", labels: { team: "etl", tier: "" } });

  test.each<[string, Partial<CleanupPolicy>, boolean]>([
    ["every job, where it selects none", {}, true],
    ["jobs of its service", { service: "ges" }, true],
    ["no jobs of another service", { service: "dli" }, false],
    ["jobs of its type", { selector: { jobType: "algorithm" } }, true],
    ["no jobs of another type", { selector: { jobType: "add-index" } }, false],
    ["jobs of its project", { selector: { project: "p" } }, true],
    ["no jobs of another project", { selector: { project: "p2" } }, false],
    ["jobs with its labels", { selector: { labels: { team: "etl", tier: "" } } }, true],
    ["jobs with none asked for", { selector: { labels: {} } }, true],
    ["no jobs with another value", { selector: { labels: { team: "bi" } } }, false],
    ["no jobs without a label", { selector: { labels: { team: "etl", owner: "x" } } }, false],
    ["only what meets all of it", { service: "ges", selector: { jobType: "algorithm", project: "p2" } }, false],
  ])("%s", (_, given, expected) => {
    expect(matchesSelector({ ...policy, ...given }, job)).toBe(expected);
  });
});
