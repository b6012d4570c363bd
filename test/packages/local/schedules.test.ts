import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "../../../packages/local/lambda/outcome.ts";
import { startRule } from "../../../packages/local/schedule/rules.ts";
import { systemTimer } from "../../../packages/local/schedule/timer.ts";
import { nextTime, parseSchedule } from "../../../packages/local/schedule-expression/schedule.ts";
import { localAccount } from "../../../packages/local/template/resources.ts";
import type { BundledSchedule } from "../../../packages/local/template/schedules.ts";
import { createInbox, reportingFunction, type SourceQueue } from "./inbox.ts";
import { createManualTimer } from "./manual-timer.ts";
import { type FixtureRunner, runFixtures } from "./packaged-bundle.ts";

const fail = (problem: string): never => {
  throw new Error(problem);
};
const plural = "rate takes a whole number and minute, hour or day, in the plural unless the number is 1.";

test.each([
  ["rate(1 minute)", 60_000],
  ["rate(5 minutes)", 300_000],
  ["rate(1 hour)", 3_600_000],
  ["rate(7 days)", 604_800_000],
])("%s is every %d ms", (expression, everyMs) => {
  expect(parseSchedule(expression, fail)).toEqual({ kind: "rate", everyMs });
});

test.each([
  ["rate(1 minutes)", plural],
  ["rate(2 hour)", plural],
  ["rate(0 minutes)", plural],
  ["rate(1.5 hours)", plural],
  ["rate(30 seconds)", plural],
  ["at(2026-01-01T00:00:00)", "only rate(…) and cron(…) are run locally."],
  ["cron(* * *)", "cron takes six fields: minutes hours day-of-month month day-of-week year."],
])("refuses %s", (expression, problem) => {
  expect(() => parseSchedule(expression, fail)).toThrow(new Error(problem));
});

test.each([
  [1_000, 61_000],
  [60_999, 61_000],
  [61_000, 121_000],
  [500_000, 541_000],
])("a rate is counted from the creation: after %d comes %d", (after, expected) => {
  expect(nextTime({ kind: "rate", everyMs: 60_000 }, 1_000, after)).toBe(expected);
});

const T0 = Date.parse("2026-01-01T00:00:20Z");
const minute = 60_000;

const setup = (others: Partial<BundledSchedule> = {}) => {
  const timer = createManualTimer(T0);
  const started: { event: string; finish(outcome?: Outcome): void }[] = [];
  const notes: string[] = [];
  const running = startRule({
    rule: {
      id: "EveryMinute",
      arn: "arn:rule",
      source: "aws.events",
      schedule: { kind: "rate", everyMs: minute },
      targets: [{ functionName: "sweep", input: "{}" }],
      ...others,
    },
    account: localAccount("eu-west-1"),
    timer,
    invoke: (_, event) =>
      new Promise((resolve) => {
        started.push({ event, finish: (outcome = { kind: "returned", payload: "null" }) => resolve(outcome) });
      }),
    note: (name, line) => notes.push(`${name}: ${line}`),
  });
  const finishLast = async (outcome?: Outcome): Promise<void> => {
    started.at(-1)?.finish(outcome);
    await new Promise(setImmediate);
  };
  return { timer, started, notes, running, finishLast };
};

test("a rule fires first when one period is over", () => {
  const { timer, started } = setup();
  timer.advanceTo(T0 + minute - 1);
  expect(started).toHaveLength(0);
  timer.advanceTo(T0 + minute);
  expect(started).toHaveLength(1);
});

test("a late call does not shift the next ones", async () => {
  const { timer, started, finishLast } = setup();
  timer.jumpTo(T0 + minute + 700);
  await finishLast();
  expect(timer.waiting()).toEqual([T0 + 2 * minute]);
  timer.advanceTo(T0 + 2 * minute);
  expect(started).toHaveLength(2);
});

test("what was due while the machine slept is not made up for", () => {
  const { timer, started, notes } = setup();
  timer.jumpTo(T0 + 100.5 * minute);
  expect(started).toHaveLength(1);
  expect(notes).toEqual([]);
  expect(timer.waiting()).toEqual([T0 + 101 * minute]);
});

test("a rule is not started again while it runs, and is afterwards", async () => {
  const { timer, started, notes, finishLast } = setup();
  timer.advanceTo(T0 + 3 * minute);
  expect(started).toHaveLength(1);
  expect(notes).toEqual(Array(2).fill("sweep: EveryMinute is due, but still running"));
  await finishLast({ kind: "failed", payload: '{"errorType":"RangeError","errorMessage":"too far"}' });
  expect(notes.at(-1)).toBe("sweep: the run for EveryMinute failed: RangeError: too far");
  timer.advanceTo(T0 + 4 * minute);
  expect(started).toHaveLength(2);
});

test("an event without input names the time at which it was due", () => {
  const { timer, started } = setup({ source: "aws.scheduler", targets: [{ functionName: "sweep", input: undefined }] });
  timer.jumpTo(T0 + minute + 700);
  expect(JSON.parse(started[0]?.event ?? "")).toMatchObject({
    source: "aws.scheduler",
    time: "2026-01-01T00:01:20Z",
    detail: "{}",
  });
});

test("stopping takes the next time back, and waits for what runs", async () => {
  const { timer, running, finishLast } = setup();
  timer.advanceTo(T0 + minute);
  let stopped = false;
  const stopping = running.stop(5_000).then(() => {
    stopped = true;
  });
  expect(timer.waiting()).toEqual([]);
  await new Promise(setImmediate);
  expect(stopped).toBe(false);
  await finishLast();
  await stopping;
});

test("the system's timer calls once the time has come, and not when taken back", async () => {
  const due = systemTimer.now() + 20;
  const takeBack = systemTimer.at(due, () => fail("was taken back"));
  takeBack();
  await new Promise<void>((resolve) => {
    systemTimer.at(due, resolve);
  });
  expect(Date.now()).toBeGreaterThanOrEqual(due);
});

const timer = createManualTimer(Date.parse("2026-01-31T23:58:30Z"));
let sourceQueue: SourceQueue;
let runner: FixtureRunner;
const target = (name: string, others: object = {}) => ({
  Arn: { "Fn::GetAtt": [`${name}Function`, "Arn"] },
  Id: name,
  ...others,
});

beforeAll(async () => {
  sourceQueue = await createInbox();
  const resources = {
    Sweep: {
      Type: "AWS::Events::Rule",
      Properties: { ScheduleExpression: "rate(1 minute)", State: "ENABLED", Targets: [target("sweeps")] },
    },
    MonthEnd: {
      Type: "AWS::Events::Rule",
      Properties: {
        ScheduleExpression: "cron(59 23 L * ? *)",
        Targets: [target("reports", { Input: '{"kind": "month"}' })],
      },
    },
    Off: {
      Type: "AWS::Events::Rule",
      Properties: { ScheduleExpression: "rate(1 minute)", State: "DISABLED", Targets: [target("reports")] },
    },
  };
  runner = await runFixtures(
    { sweeps: reportingFunction(sourceQueue), reports: reportingFunction(sourceQueue) },
    { resources, timer },
  );
});

afterAll(async () => {
  await runner.stop();
  await sourceQueue.close();
});

test("the rules of the template start their functions, and no queue server runs for that", async () => {
  expect(runner.sqs).toBeUndefined();
  timer.advanceTo(Date.parse("2026-01-31T23:59:30Z"));
  const swept = await sourceQueue.next("sweeps");
  expect(swept.event).toEqual({
    version: "0",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "000000000000",
    time: "2026-01-31T23:59:30Z",
    region: "eu-west-1",
    resources: ["arn:aws:events:eu-west-1:000000000000:rule/standdown-dev-Sweep"],
    detail: {},
  });
  expect(swept.environment).not.toHaveProperty("AWS_ENDPOINT_URL_SQS");
  const reported = await sourceQueue.next("reports");
  expect(reported.event).toEqual({ kind: "month" });
  swept.answer(null);
  reported.fail("no paper");
  await expect
    .poll(() => runner.output, { interval: 5 })
    .toContain("[reports] the run for MonthEnd failed: RangeError: no paper");
  expect([sourceQueue.total("sweeps"), sourceQueue.total("reports")]).toEqual([1, 1]);
});
