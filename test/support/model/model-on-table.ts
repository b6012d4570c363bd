import fc from "fast-check";
import { expect } from "vitest";
import type { Item } from "../../../shared/adapters/dynamodb/job-item.ts";
import type { DueQueueName, Instant, Job } from "../../../shared/domain/job.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import type { DueQueue } from "../../../shared/ports/due-queue.ts";
import type { JobsTable } from "../stack/jobs-table.ts";
import { keptOf, type Ledger, type StoreCall } from "./model-ledger.ts";
import { firstUid, jobAt, type Request, type Setting } from "./model-setting.ts";
import { firstWorld, rulesOf, type Scenario, successors, type World } from "./state-model.ts";

const key = uidToKey(firstUid);

/** Page after page: all incarnations of an id are in one shard, of which a page has its share. */
const allDue = async (dueQueue: DueQueue, queueName: DueQueueName, now: Instant): Promise<readonly Job[]> => {
  let page = await dueQueue.due(queueName, now, 10);
  const jobs = [...page.jobs];
  while (page.next !== undefined) {
    page = await dueQueue.due(queueName, now, 10, page.next);
    jobs.push(...page.jobs);
  }
  return jobs;
};

/** What a call of the model gives when the real table is called. */
const performed = async ({ jobs, dueQueue }: JobsTable, call: StoreCall): Promise<unknown> => {
  switch (call.call) {
    case "get":
      return jobs.get(call.uid);
    case "due":
      return allDue(dueQueue, call.queueName, call.now);
    case "change":
      return jobs.change(key, call.change);
    case "changeIncarnation":
      return jobs.changeIncarnation(call.uid, call.change);
    case "register":
      return jobs.register(call.job, call.registration);
    case "putTombstone":
      return jobs.putTombstone(key, call.tombstone);
  }
};

/** What is in an outbox has no order, and neither have jobs that became due at the same moment. */
const sorted = (answer: unknown): unknown => {
  const copy =
    answer && JSON.parse(JSON.stringify(answer), (name, value) => (name === "outbox" ? value.sort() : value));
  return Array.isArray(copy) ? copy.sort((a, b) => (a.uid < b.uid ? -1 : 1)) : copy;
};

/** Holds the incarnations on the table to those of the model. */
export const expectOnTable = async ({ jobs }: JobsTable, ledger: Ledger): Promise<void> => {
  for (const { job } of keptOf(ledger)) expect(sorted(await jobs.get(job.uid))).toEqual(sorted(job));
  expect((await jobs.newest(key))?.uid).toBe(ledger.newest?.job.uid);
};

/** One step of those that can be next, in the model and on the table, which must answer alike. */
class TakeStep implements fc.AsyncCommand<{ world: World }, JobsTable> {
  readonly #scenario: Scenario;
  readonly #choice: number;
  #taken = "nothing";

  constructor(scenario: Scenario, choice: number) {
    this.#scenario = scenario;
    this.#choice = choice;
  }

  check({ world }: { world: World }): boolean {
    return successors(world, this.#scenario, rulesOf(this.#scenario)).length > 0;
  }

  async run(model: { world: World }, table: JobsTable): Promise<void> {
    const steps = successors(model.world, this.#scenario, rulesOf(this.#scenario));
    const step = steps[this.#choice % steps.length];
    if (step === undefined) return;
    const { to, call, answer, index } = step;
    model.world = to;
    this.#taken = `${index === undefined ? "time" : this.#scenario.requests[index]} ${JSON.stringify(call)}`;
    if (call === undefined) return;
    expect(sorted(await performed(table, call))).toEqual(sorted(answer));
    await expectOnTable(table, to.ledger);
  }

  toString(): string {
    return this.#taken;
  }
}

const kinds: readonly Request[] = [
  ...(["cancel", "signed", "signed", "message", "message", "cancel by uid", "cleanup", "check", "sweep"] as const),
  ...([
    "register",
    "register anew",
    "register by key",
    "heartbeat",
    "start",
    "succeeded",
    "failed",
    "cancelled",
    "read",
  ] as const),
];

/** The requests of a trace, and which of the possible steps it takes. */
export const traces = (setting: fc.Arbitrary<Setting>) =>
  fc.record({
    setting,
    requests: fc.array(fc.constantFrom(...kinds), { minLength: 3, maxLength: 10 }),
    choices: fc.array(fc.nat(), { minLength: 10, maxLength: 40 }),
  });

export type Trace = { setting: Setting; requests: readonly Request[]; choices: readonly number[] };

const clear = async ({ call, table }: JobsTable): Promise<void> => {
  const { Items } = await call("Scan", { TableName: table });
  for (const { pk, sk } of Items as Item[]) await call("DeleteItem", { TableName: table, Key: { pk, sk } });
};

/** Takes a trace's steps on an empty table, and gives the scenario and the world that they lead to. */
export const scan = async (table: JobsTable, { setting, requests, choices }: Trace) => {
  await clear(table);
  const scenario: Scenario = { setting, requests, moments: [6, 12, 22, 45, 80] };
  const model = { world: firstWorld(scenario) };
  if (setting.state !== "not registered") await table.jobs.register(jobAt(model.world.time, setting), "register");
  const commands = choices.map((choice) => new TakeStep(scenario, choice));
  await fc.asyncModelRun(() => ({ model, real: table }), commands);
  return { scenario, world: model.world };
};
