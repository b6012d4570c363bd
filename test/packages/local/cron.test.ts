import { expect, test } from "vitest";
import { nextCronTime, parseCron } from "../../../packages/local/schedule-expression/cron.ts";

const after = (expression: string, time: string): string | undefined => {
  const next = nextCronTime(parseCron(expression), Date.parse(time));
  return next === undefined ? undefined : new Date(next).toISOString().replace(":00.000Z", "Z");
};

/** 2026-01-01 is a Thursday. */
test.each([
  ["every minute", "* * * * ? *", "2026-01-01T00:00:00Z", "2026-01-01T00:01Z"],
  ["every minute, within one", "* * * * ? *", "2026-01-01T00:00:59.999Z", "2026-01-01T00:01Z"],
  ["every minute, over the end of a year", "* * * * ? *", "2026-12-31T23:59:30Z", "2027-01-01T00:00Z"],
  ["a time of day, not again in its own minute", "0 10 * * ? *", "2026-01-01T10:00:00Z", "2026-01-02T10:00Z"],
  ["a time of day, a moment before", "0 10 * * ? *", "2026-01-01T09:59:59Z", "2026-01-01T10:00Z"],
  ["steps", "0/15 * * * ? *", "2026-01-01T00:31:00Z", "2026-01-01T00:45Z"],
  ["steps of every", "*/20 8 * * ? *", "2026-01-01T08:40:00Z", "2026-01-02T08:00Z"],
  ["steps from a number to the end", "50/3 0 * * ? *", "2026-01-01T00:56:00Z", "2026-01-01T00:59Z"],
  ["steps in a range", "10-30/10 * * * ? *", "2026-01-01T00:30:00Z", "2026-01-01T01:10Z"],
  ["a list, in any order", "45,5 * * * ? *", "2026-01-01T00:00:00Z", "2026-01-01T00:05Z"],
  ["hours in any order", "0 22,6 * * ? *", "2026-01-01T00:00:00Z", "2026-01-01T06:00Z"],
  ["days of the week by name", "0 18 ? * MON-FRI *", "2026-01-02T18:00:00Z", "2026-01-05T18:00Z"],
  ["days of the week by number, Sunday is 1", "0 0 ? * 1 *", "2026-01-01T00:00:00Z", "2026-01-04T00:00Z"],
  ["names in any case", "0 0 ? jan,Feb sat *", "2026-02-28T00:00:00Z", "2027-01-02T00:00Z"],
  ["L alone is Saturday", "0 0 ? * L *", "2026-01-01T00:00:00Z", "2026-01-03T00:00Z"],
  ["a month", "0 8 1 4 ? *", "2026-04-01T08:00:00Z", "2027-04-01T08:00Z"],
  ["every quarter", "0 0 1 */3 ? *", "2026-01-01T00:00:00Z", "2026-04-01T00:00Z"],
  ["a day that short months lack", "0 0 31 * ? *", "2026-01-31T00:00:00Z", "2026-03-31T00:00Z"],
  ["the last day of a month", "59 23 L * ? *", "2026-01-31T23:59:00Z", "2026-02-28T23:59Z"],
  ["the last day of February in a leap year", "0 0 L 2 ? *", "2027-03-01T00:00:00Z", "2028-02-29T00:00Z"],
  ["29 February waits for a leap year", "0 0 29 2 ? *", "2026-01-01T00:00:00Z", "2028-02-29T00:00Z"],
  ["29 February over 2100, which is none", "0 0 29 2 ? *", "2096-03-01T00:00:00Z", "2104-02-29T00:00Z"],
  ["the weekday nearest to a Saturday", "0 0 14W 2 ? *", "2026-01-01T00:00:00Z", "2026-02-13T00:00Z"],
  ["the weekday nearest to a Sunday", "0 0 15W 2 ? *", "2026-01-01T00:00:00Z", "2026-02-16T00:00Z"],
  ["the weekday nearest to itself", "0 0 16W 2 ? *", "2026-01-01T00:00:00Z", "2026-02-16T00:00Z"],
  [
    "a Saturday the 1st goes forward, not out of the month",
    "0 0 1W 8 ? *",
    "2026-01-01T00:00:00Z",
    "2026-08-03T00:00Z",
  ],
  ["a Sunday the 31st goes back", "0 0 31W 5 ? *", "2026-01-01T00:00:00Z", "2026-05-29T00:00Z"],
  ["31W skips shorter months", "0 0 31W * ? *", "2026-01-31T00:00:00Z", "2026-03-31T00:00Z"],
  ["the last weekday of a month", "0 0 LW * ? *", "2026-01-31T00:00:00Z", "2026-02-27T00:00Z"],
  ["days of every kind together", "0 0 10,L * ? *", "2026-01-10T00:00:00Z", "2026-01-31T00:00Z"],
  ["the third Friday", "0 0 ? * 6#3 *", "2026-01-01T00:00:00Z", "2026-01-16T00:00Z"],
  ["a fifth Friday waits for a month that has one", "0 0 ? * FRI#5 *", "2026-02-01T00:00:00Z", "2026-05-29T00:00Z"],
  ["the last Friday", "0 0 ? * 6L *", "2026-01-01T00:00:00Z", "2026-01-30T00:00Z"],
  ["a year", "0 0 1 1 ? 2030", "2026-01-01T00:00:00Z", "2030-01-01T00:00Z"],
  ["a range of years that is over", "0 0 1 1 ? 2020-2025", "2026-01-01T00:00:00Z", undefined],
  ["a day that never comes", "0 0 30 2 ? *", "2026-01-01T00:00:00Z", undefined],
])("%s: %s", (_, expression, time, expected) => {
  expect(after(expression, time)).toBe(expected);
});

/** From AWS's documentation, and those with L, W and # besides: each with its next five times after a Friday evening. */
test.each([
  ["15 12 * * ? *", "02-28T12:15 03-01T12:15 03-02T12:15 03-03T12:15 03-04T12:15"],
  ["0 18 ? * MON-FRI *", "02-27T18:00 03-02T18:00 03-03T18:00 03-04T18:00 03-05T18:00"],
  ["0 8 1 * ? *", "03-01T08:00 04-01T08:00 05-01T08:00 06-01T08:00 07-01T08:00"],
  ["0/15 * * * ? *", "02-27T18:00 02-27T18:15 02-27T18:30 02-27T18:45 02-27T19:00"],
  ["0/5 8-17 ? * MON-FRI *", "02-27T17:55 03-02T08:00 03-02T08:05 03-02T08:10 03-02T08:15"],
  ["0 9 ? * 2#1 *", "03-02T09:00 04-06T09:00 05-04T09:00 06-01T09:00 07-06T09:00"],
  ["15 10 ? * 6L 2025-2026", "03-27T10:15 04-24T10:15 05-29T10:15 06-26T10:15 07-31T10:15"],
  ["0 0 LW * ? *", "03-31T00:00 04-30T00:00 05-29T00:00 06-30T00:00 07-31T00:00"],
  ["30 6 15W * ? *", "03-16T06:30 04-15T06:30 05-15T06:30 06-15T06:30 07-15T06:30"],
  ["0 12 L * ? *", "02-28T12:00 03-31T12:00 04-30T12:00 05-31T12:00 06-30T12:00"],
])("%s is due next at %s", (expression, expected) => {
  const times: string[] = [];
  let time = "2026-02-27T17:50:00Z";
  for (let count = 0; count < 5; count++) {
    time = after(expression, time) ?? "never";
    times.push(time);
  }
  expect(times.join(" ")).toBe(expected.replaceAll(/\S+/g, "2026-$&Z"));
});

const days = "either the day of month or the day of week must be ?, and the other one not.";
test.each([
  ["* * * * ?", "cron takes six fields: minutes hours day-of-month month day-of-week year."],
  ["* * * * * *", days],
  ["* * ? * ? *", days],
  ["60 * * * ? *", 'the minutes "60" is not understood; it takes 0 to 59, with , - * and /.'],
  ["*/0 * * * ? *", 'the minutes "*/0" is not understood; it takes 0 to 59, with , - * and /.'],
  ["1-2-3 * * * ? *", 'the minutes "1-2-3" is not understood; it takes 0 to 59, with , - * and /.'],
  ["? * * * ? *", 'the minutes "?" is not understood; it takes 0 to 59, with , - * and /.'],
  ["0 5-3 * * ? *", 'the hours "5-3" is not understood; it takes 0 to 23, with , - * and /.'],
  ["0 0 0 * ? *", 'the day of month "0" is not understood; it takes 1 to 31, with , - * and /.'],
  ["0 0 L-3 * ? *", 'the day of month "L-3" is not understood.'],
  ["0 0 1-5W * ? *", 'the day of month "1-5" is not understood.'],
  ["0 0 1 JANUARY ? *", 'the month "JANUARY" is not understood; it takes 1 to 12 or JAN to DEC, with , - * and /.'],
  ["0 0 ? * 8 *", 'the day of week "8" is not understood; it takes 1 to 7 or SUN to SAT, with , - * and /.'],
  ["0 0 ? * 2#6 *", 'the day of week "2#6" is not understood.'],
  ["0 0 1 1 ? 1969", 'the year "1969" is not understood; it takes 1970 to 2199, with , - * and /.'],
  [
    "0 0 1,LW * ? *",
    "this cannot be computed locally (CronPattern: Syntax error, LW can not be in a list in day-of-month ('1,LW').).",
  ],
])("refuses %s", (expression, message) => {
  expect(() => parseCron(expression)).toThrow(new Error(message));
});
