import { expect, test } from "vitest";
import { policyIn, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, register, stateOf, read } = useScheduledRuns();

const policies = [{ name: "heartbeat-lost", action: "cancel", maxActionsPerRun: 2, maxActionsOfAllOwners: 2 }] as const;
const ofOwner = (owner: string) => ({ owner, scope: { projectId: owner } });
const registerFor = (owner: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => register(ofOwner(owner))));
const states = (jobs: Awaited<ReturnType<typeof registerFor>>) => Promise.all(jobs.map(stateOf));

const raise = {
  policy: "heartbeat-lost",
  owner: "bob",
  maxActionsPerRun: 3,
  reason: "region outage, ticket 4711",
  onBehalfOf: "alice",
};

test("an operator raises the limit of one owner for one run, and the summary and the receipts say so", async () => {
  const [bob, carol, dave] = [await registerFor("bob", 3), await registerFor("carol", 3), await registerFor("dave", 2)];
  const { cleanupAt, startedWith, recorded } = start({ policies });
  const raised = await startedWith(120, raise);
  expect(raised.raised).toEqual(raise);
  // Carol's are beyond her limit as before; Bob's do not count against the one for all.
  expect(policyIn(raised, "heartbeat-lost")).toMatchObject({ cancelled: 5, spared: { maxActionsPerRun: 3 } });
  expect(await states(bob)).toEqual(["stopping", "stopping", "stopping"]);
  expect(await states(dave)).toEqual(["stopping", "stopping"]);
  expect(await states(carol)).toEqual(["running", "running", "running"]);
  expect(bob[0] && (await read(bob[0]))?.cancellation).toMatchObject({
    ...{ trigger: "schedule", requestedBy: "events", onBehalfOf: "alice", reason: "policy:heartbeat-lost" },
  });
  expect(JSON.stringify(recorded.published)).toContain("ticket 4711");

  // Silence counts from where two runs in a row have listened.
  await cleanupAt(180);
  const next = await cleanupAt(240);
  expect(next.raised).toBeUndefined();
  expect(policyIn(next, "heartbeat-lost")).toMatchObject({ cancelled: 0, tripped: "maxActionsPerRun" });
});

test("limits are raised for all owners where none is named", async () => {
  const jobs = [...(await registerFor("bob", 3)), ...(await registerFor("carol", 3))];
  const { cleanupAt, startedWith } = start({ policies });
  const { owner, ...forAll } = raise;
  const few = await startedWith(120, forAll);
  expect(policyIn(few, "heartbeat-lost")).toMatchObject({ cancelled: 0, tripped: "maxActionsOfAllOwners" });
  await cleanupAt(180);
  const all = await startedWith(240, { ...forAll, maxActionsOfAllOwners: 6 });
  expect(policyIn(all, "heartbeat-lost")).toMatchObject({ cancelled: 6, tripped: null });
  expect(new Set(await states(jobs))).toEqual(new Set(["stopping"]));
});

test("a policy that is not named keeps its limits", async () => {
  await registerFor("bob", 3);
  const { startedWith } = start({ policies });
  const run = await startedWith(120, { ...raise, policy: "max-runtime" });
  expect(policyIn(run, "heartbeat-lost")).toMatchObject({ cancelled: 0, tripped: "maxActionsPerRun" });
});

test.each([
  [{}, undefined],
  [null, undefined],
  [{ source: "aws.events", "detail-type": "Scheduled Event", ...raise }, undefined],
  [{ ...raise, policy: "nobody's" }, "there is no policy of that name"],
  [{ ...raise, reason: " " }, "reason must be 1 to 300 characters"],
  [{ ...raise, reason: undefined }, "reason is missing"],
  [{ ...raise, maxActionsPerRun: 0 }, "maxActionsPerRun must be a whole number from 1"],
  [{ ...raise, maxActionsPerRun: "500" }, "maxActionsPerRun must be a whole number from 1"],
  [{ ...raise, maxFractionOfActive: 1 }, "maxActionsPerRun alone where it names an owner"],
  [{ policy: "heartbeat-lost", reason: "because" }, "a limit to raise"],
  [{ ...raise, dryRun: true }, "dryRun"],
  [[raise], "nothing was cleaned up"],
])("a run that was started with %j raises nothing", async (event, problem) => {
  const jobs = await registerFor("bob", 3);
  const { startedWith } = start({ policies });
  if (problem === undefined) {
    const run = await startedWith(120, event);
    expect(run.raised).toBeUndefined();
    expect(policyIn(run, "heartbeat-lost")).toMatchObject({ cancelled: 0, tripped: "maxActionsPerRun" });
  } else await expect(startedWith(120, event)).rejects.toThrow(problem);
  expect(await states(jobs)).toEqual(["running", "running", "running"]);
});
