import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AwsCall } from "../../shared/adapters/aws-client/json-client.ts";
import { shards } from "../../shared/adapters/dynamodb/job-item.ts";
import { conflictingItem } from "../../shared/adapters/dynamodb/table-call.ts";
import { callJobApi, sqlJob } from "../support/requests/cancel-requests.ts";
import { project } from "../support/stack/bundle.ts";
import { now } from "../support/stack/jobs.ts";
import { useScheduledRuns } from "../support/stack/scheduled-runs.ts";

// docs/operations/capacity.md has figures that are measured here.

const { start, table } = useScheduledRuns();

/** Units written to the table itself and to each index, and units read. */
interface Units {
  item: number;
  active: number;
  due: number;
  list: number;
  read: number;
}

const none: Units = { item: 0, active: 0, due: 0, list: 0, read: 0 };

interface Consumed {
  readonly CapacityUnits: number;
  readonly Table?: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

const reads = new Set(["GetItem", "BatchGetItem", "Query"]);

/** A table that adds up what its calls consume. A condition that fails is paid like the write. */
const metered = (call: AwsCall) => {
  const meter = { units: { ...none } };
  const counting: AwsCall = async (operation, input) => {
    const result = await call(operation, { ...input, ReturnConsumedCapacity: "INDEXES" }).catch((error: unknown) => {
      if (conflictingItem(error)) meter.units.item += 1;
      throw error;
    });
    for (const { CapacityUnits, Table, GlobalSecondaryIndexes } of [result.ConsumedCapacity].flat() as Consumed[]) {
      if (reads.has(operation)) meter.units.read += CapacityUnits;
      else meter.units.item += Table?.CapacityUnits ?? CapacityUnits;
      for (const index of ["active", "due", "list"] as const)
        if (!reads.has(operation)) meter.units[index] += GlobalSecondaryIndexes?.[index]?.CapacityUnits ?? 0;
    }
    return result;
  };
  return { meter, call: counting };
};

const text = () => readFileSync(new URL("../../docs/operations/capacity.md", import.meta.url), "utf8");

/** The rows of the document's tables that begin with a text and go on with numbers. */
const documented = (): Readonly<Record<string, readonly number[]>> => {
  const rows = [...text().matchAll(/^\| ([^|]+?) \|((?: [\d.,]+ \|)+)/gm)];
  const toNumbers = (cells: string) =>
    [...cells.matchAll(/[\d.,]+/g)].map(([cell]) => Number(cell.replaceAll(",", "")));
  return Object.fromEntries(rows.map(([, event = "", cells = ""]) => [event, toNumbers(cells)]));
};

/** The column of live jobs, whose rows have a text last. */
const live = (): readonly number[] =>
  [...text().matchAll(/^\| ([\d,]+) \| [^|]+ \|$/gm)].map(([, count = ""]) => Number(count.replaceAll(",", "")));

const leaseSeconds = 300;
const beatsPerLease = 3;
const moving = "a heartbeat that moves the entry of the due queue";
const again = "a job is registered whose id was used before";
const wholeCancel = [
  "a cancel",
  "the check right after it, which tells of it",
  "the heartbeat that hears of it",
  "the report that the work has stopped",
  "the check that tells of the end",
];

test("each event costs the units that the document says", async () => {
  const { meter, call: metering } = metered(table().call);
  const runs = start({ call: metering });
  const { bundle } = runs;
  const rows = documented();
  const found: Record<string, Units> = {};
  const measure = async <Answer>(event: string, act: () => Promise<Answer>): Promise<Answer> => {
    meter.units = { ...none };
    const answer = await act();
    found[event] = { ...meter.units };
    return answer;
  };
  const at = (seconds: number) => {
    bundle.clock.time = now + seconds * 1000;
  };
  const call = async (status: number, method: string, path: string, body?: object) => {
    const answer = await callJobApi(bundle, method, path, body);
    if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status} ${answer.text}`);
    return answer;
  };
  const { service, scope, jobType } = sqlJob;
  const registration = (jobId: string, more: object = {}) => ({ service, scope, jobType, jobId, ...more });
  const register = async (jobId: string, more: object = {}) =>
    String((await call(201, "POST", "/jobs", registration(jobId, more))).body.uid);
  const cancel = (jobId: string) =>
    bundle.send("DELETE", `/v1.0/${project}/jobs/${jobId}`, { headers: { "x-auth-token": "ops-token" } });

  const uid = await measure("a job is registered", () => register("first"));
  await register("queued", { state: "queued" });
  await call(200, "POST", `/jobs/${uid}/heartbeat`, {});
  at(100);
  await measure("a heartbeat", () => call(200, "POST", `/jobs/${uid}/heartbeat`, {}));
  const labels = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`label-${i}`, "x".repeat(100)]));
  const labelled = await register("labelled", { labels });
  await call(200, "POST", `/jobs/${labelled}/heartbeat`, {});
  at(200);
  await measure("a heartbeat of a job with 16 labels", () => call(200, "POST", `/jobs/${labelled}/heartbeat`, {}));
  at(460);
  await measure("a heartbeat that moves the entry of the due queue", () =>
    call(200, "POST", `/jobs/${uid}/heartbeat`, {}),
  );
  await measure("a cleanup that finds nothing due", () => runs.cleanupAt(461));
  await measure("a job is read by its native id", () =>
    bundle.send("GET", `/v1.0/${project}/jobs/first/status`, { headers: { "x-auth-token": "ops-token" } }),
  );
  await measure("a cancel", () => cancel("first"));
  await measure("the same cancel again", () => cancel("first"));
  await measure("the check right after it, which tells of it", () => runs.checkAt(462, [JSON.stringify({ uid })]));
  await measure("the heartbeat that hears of it", () => call(200, "POST", `/jobs/${uid}/heartbeat`, {}));
  await measure("the report that the work has stopped", () =>
    call(200, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" }),
  );
  await measure("the check that tells of the end", () => runs.checkAt(463, [JSON.stringify({ uid })]));
  await measure("a job is registered whose id was used before", () => register("first"));
  await measure("a sweep that finds nothing due", () => runs.sweepAt(464));
  const done = await register("done");
  await measure("a report that the work is done", () =>
    call(200, "POST", `/jobs/${done}/finish`, { outcome: "succeeded" }),
  );
  const task = { service: "dds", scope: { projectId: project }, jobType: "RESTART" };
  const counted = await measure("a task of DDS is registered", () =>
    call(201, "POST", "/jobs", { ...task, jobId: "task" }),
  );
  await measure("a task of DDS ends", () =>
    call(200, "POST", `/jobs/${counted.body.uid}/finish`, { outcome: "succeeded" }),
  );
  for (const [event, { item, active, due, list, read }] of Object.entries(found))
    expect([event, ...(rows[event] ?? [])]).toEqual([event, item, active, due, list, read]);

  const sum = (events: readonly string[], of: (units: Units) => number) =>
    events.reduce((total, event) => total + of(found[event] ?? none), 0);
  const writes = ({ item, active, due, list }: Units) => item + active + due + list;
  const reading = ({ read }: Units) => read;
  const dollars = (written: number, read: number) => Math.round((written * 0.625 + read * 0.125) / 1e4) / 100;

  const cost = (written: number, read: number) => [written, read, dollars(written, read)];
  expect(rows["a million cancels, from the request to the end that is told"]).toEqual(
    cost(1e6 * sum(wholeCancel, writes), 1e6 * sum(wholeCancel, reading)),
  );
  const beatsPerDay = 86_400 / (leaseSeconds / beatsPerLease);
  /** Every fifth heartbeat moves the entry as well. */
  const beat = (sum(["a heartbeat"], writes) * 4 + sum([moving], writes)) / 5;
  expect(rows["1,000 live jobs for a day, at the default lease of 300 s"]).toEqual(cost(1000 * beatsPerDay * beat, 0));
  const idle = ["a cleanup that finds nothing due", "a sweep that finds nothing due"];
  expect(rows["cleanup and sweeps for a day, with nothing due"]).toEqual(
    cost(1440 * sum(idle, writes), 1440 * sum(idle, reading)),
  );

  const perKey = 1000;
  const ceilings = {
    // Of the entry that a claim moves, one unit is on the cleanup's key.
    "cancels of the whole installation, by `due` (`reconcile#…`)":
      shards.length / (sum(wholeCancel, ({ due }) => due) - 1),
    "cancels of the whole installation, by `active` (`stopping#…`)":
      shards.length / (sum(wholeCancel, ({ active }) => active) - 1),
    // One unit for its registration, and one for its end or its claim.
    "registrations of one service, by `active`": shards.length / 2,
    "first registrations of one owner, by `list`": 1 / (found["a job is registered"]?.list ?? 0),
    "registrations of one owner whose ids were used before, by `list`": 1 / (found[again]?.list ?? 0),
    "repeats of a cancel of one job": 1 / (found["the same cancel again"]?.item ?? 0),
  };
  for (const [limit, count] of Object.entries(ceilings))
    expect([limit, ...(rows[limit] ?? [])]).toEqual([limit, Math.floor(perKey * count)]);

  /** One move for five heartbeats. */
  const movesPerSecond = (lease: number) => beatsPerLease / lease / 5;
  const byDue = (lease: number) => (perKey * shards.length) / (movesPerSecond(lease) * (found[moving]?.due ?? 0));
  const byTable = (units: number) => (units / beat) * (leaseSeconds / beatsPerLease);
  expect(live()).toEqual([byDue(leaseSeconds), byDue(60), byTable(40_000), byTable(4_000)].map(Math.floor));
});
