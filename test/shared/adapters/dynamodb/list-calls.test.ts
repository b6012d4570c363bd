import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { InvalidCursor, type ListQuery } from "../../../../shared/ports/job-store.ts";
import { now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { standingJobs } from "../../../support/stack/standing-jobs.ts";

// What a list reads: the jobs that it shows, and few entries of an index besides.

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const { registered, stopping } = standingJobs(() => table.jobs);

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

/** A list, with the number of items that it read and of entries that it was given. */
const listed = async (query: Partial<ListQuery>) => {
  let read = 0;
  let entries = 0;
  const call = async (operation: string, input: object) => {
    const result = await table.call(operation, input);
    if (operation === "Query") entries += Number(result.Count);
    if (operation === "BatchGetItem")
      read += Object.values(result.Responses as Record<string, unknown[]>).flat().length;
    return result;
  };
  const store = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
  const { state, label } = query;
  const keep = (job: Job) =>
    (state === undefined || job.state === state) && (label === undefined || job.labels[label.name] === label.value);
  const page = await store.list({ services: ["dli"], limit: 50, keep, ...query });
  return { ...page, read, entries };
};

const uidsOf = (jobs: readonly Job[]) => jobs.map(({ uid }) => uid);

/** All pages, one after the other. */
const allOf = async (query: Partial<ListQuery>): Promise<readonly Job[]> => {
  const { jobs, cursor } = await listed(query);
  return cursor === undefined ? jobs : [...jobs, ...(await allOf({ ...query, cursor }))];
};

describe("among many jobs that run", () => {
  const owner = "many";
  let stopped: readonly Job[];
  let odd: readonly Job[];
  let running: readonly Job[];
  beforeAll(async () => {
    running = await times(300, (i) => registered({ owner, registeredAt: now + i }));
    stopped = await times(5, () => stopping({ owner }));
    odd = await times(3, () => registered({ owner, labels: { team: "etl" } }));
  });

  test("those that are to stop are found without the others", async () => {
    const { jobs, read, entries, cursor } = await listed({ state: "stopping" });
    expect(uidsOf(jobs).sort()).toEqual(uidsOf(stopped).sort());
    expect([read, entries, cursor]).toEqual([5, 5, undefined]);
  });

  test("those that are to stop are looked for among one owner's and one service's", async () => {
    const other = await stopping({ owner: "another" });
    await stopping({ service: "ges", owner: "another" });
    expect(uidsOf((await listed({ state: "stopping", owner: "another" })).jobs)).toEqual([other.uid]);
  });

  test.each([{}, { owner }, { state: "running" } as const])(
    "a label costs no job that does not have it: %j",
    async (more) => {
      const { jobs, read } = await listed({ ...more, label: { name: "team", value: "etl" } });
      expect(uidsOf(jobs).sort()).toEqual(uidsOf(odd).sort());
      expect(read).toBe(3);
    },
  );

  test("a page reads no more jobs than it shows", async () => {
    const { jobs, read, entries } = await listed({ owner, limit: 20 });
    expect([jobs.length, read, entries]).toEqual([20, 20, 20]);
  });

  test("running ones come newest first, and through all pages each once", async () => {
    const found = await allOf({ state: "running", owner, limit: 40 });
    const expected = [...running, ...odd].toSorted(
      (a, b) => b.registeredAt - a.registeredAt || (a.uid < b.uid ? 1 : -1),
    );
    expect(uidsOf(found)).toEqual(uidsOf(expected));
  });

  test("what is not there costs a thousand entries for each page, and no job", async () => {
    const { jobs, read } = await listed({ state: "running", label: { name: "team", value: "none" } });
    expect([jobs.length, read]).toEqual([0, 0]);
    const ids = new Set(uidsOf(await allOf({ owner, limit: 7, label: { name: "team", value: "etl" } })));
    expect(ids).toEqual(new Set(uidsOf(odd)));
  });
});

test("a list over all owners goes through each once", async () => {
  const service = "shared";
  const jobs = await times(60, (i) => registered({ service, owner: `owner-${i % 20}` }));
  const found = await allOf({ services: [service], limit: 7 });
  expect(found).toHaveLength(60);
  expect(uidsOf(found).sort()).toEqual(uidsOf(jobs).sort());
});

test.each([
  { in: "ges", since: 1, uid: "01M81B5H80594V5T9Z41CX3AG0" },
  { in: "dli", since: "1", uid: "01M81B5H80594V5T9Z41CX3AG0" },
  { in: "dli", since: 1, uid: "x" },
  { listHash: { S: "dli#0" } },
  null,
])("a list of active jobs refuses the cursor %j", async (position) => {
  const cursor = Buffer.from(JSON.stringify(position)).toString("base64url");
  await expect(listed({ state: "running", cursor })).rejects.toThrow(InvalidCursor);
});
