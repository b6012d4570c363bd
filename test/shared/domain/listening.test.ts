import { describe, expect, test } from "vitest";
import { addRun, type RunRecord, toListening } from "../../../shared/domain/listening.ts";
import { isDead } from "../../../shared/domain/staleness.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const minute = 60_000;

/** What is on record after runs at these minutes; a negative one did not find the API up. */
const runsAt = (...minutes: readonly number[]): RunRecord => {
  let record: RunRecord | undefined;
  for (const at of minutes) record = addRun(record, now + Math.abs(at) * minute, at >= 0);
  if (record === undefined) throw new Error("nothing ran");
  return record;
};

const minutesIn = ({ runs }: RunRecord) => runs.map((run) => (run - now) / minute);

describe("the runs of the cleanup", () => {
  test("follow each other when they are late by less than half a minute", () => {
    expect(minutesIn(runsAt(0, 1, 2.4, 3.9))).toEqual([0, 1, 2.4, 3.9]);
  });

  test.each([2.6, 5, 60, 10_000])("begin anew after a gap until minute %d", (late) => {
    expect(minutesIn(runsAt(0, 1, late))).toEqual([late]);
  });

  test("begin anew where the API was down, and with the next run that finds it up", () => {
    expect(minutesIn(runsAt(0, 1, -2))).toEqual([]);
    expect(minutesIn(runsAt(0, 1, -2, 3, 4))).toEqual([3, 4]);
  });

  test("of a rare schedule follow each other too, once it is known how rare they are", () => {
    expect(minutesIn(runsAt(0, 60))).toEqual([60]);
    expect(minutesIn(runsAt(0, 60, 120, 180))).toEqual([60, 120, 180]);
    expect(minutesIn(runsAt(0, 60, 120, 240))).toEqual([240]);
  });

  test("of a month are kept in a few numbers, and a silent worker is found hardly later for that", () => {
    let record = runsAt(0);
    for (let at = 10; at <= 30 * 1440; at += 10) record = addRun(record, now + at * minute, true);
    expect(record.runs.length).toBeLessThan(120);
    const end = now + 30 * 1440 * minute;
    const silentSince = end - 3 * 1440 * minute;
    // Of the longest lease: silence of two days is enough, of a day is not.
    const job = aJob({ heartbeatAt: silentSince, heartbeatTimeoutSeconds: 86_400 });
    expect(isDead(job, end, toListening(record, record))).toBe(true);
    expect(isDead({ ...job, heartbeatAt: silentSince + 1440 * minute + 1 }, end, record.runs)).toBe(false);
  });
});

test("an outage between two runs is no silence, however short the lease", () => {
  // Heard just after the run of minute 1; then the API was down until just before that of minute 2.
  const job = aJob({ heartbeatAt: now + minute + 1, heartbeatTimeoutSeconds: 5 });
  expect(isDead(job, now + 2 * minute, runsAt(0, 1, 2).runs)).toBe(false);
});

test("an outage that no run noticed may have been as long as the longest time between two of them", () => {
  const job = aJob({ heartbeatAt: now, heartbeatTimeoutSeconds: 5 });
  const { runs } = runsAt(0, 1, 2.2, 2.5);
  // Heard just before the run of minute 0. The API may have been down at all times but those of the runs.
  expect(isDead(job, now + minute, runsAt(0, 1).runs)).toBe(false);
  expect(isDead(job, now + 1.2 * minute + 5_000 - 1, runs)).toBe(false);
  expect(isDead(job, now + 1.2 * minute + 5_000, runs)).toBe(true);
});

test("the first run of all has nothing to compare with, unless the API is down", () => {
  expect(toListening(undefined, runsAt(0))).toBe("always");
  expect(toListening(undefined, runsAt(-0.001))).toEqual([]);
  expect(toListening(runsAt(0), runsAt(0, 1))).toEqual([now, now + minute]);
});

test("a run that comes as late as is tolerated makes no gap", () => {
  expect(runsAt(0, 1.5).runs).toEqual([now, now + 1.5 * minute]);
  expect(runsAt(0, 1.501).runs).toEqual([now + 1.501 * minute]);
});
