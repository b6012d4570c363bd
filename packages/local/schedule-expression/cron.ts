import { type CronField, parseField } from "./cron-field.ts";

/** One of AWS's six-field cron expressions, in UTC. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Days from 1; the other of the two is undefined, which is AWS's `?`. */
  readonly daysOfMonth: DaysOfMonth | undefined;
  readonly daysOfWeek: DaysOfWeek | undefined;
}

/** Days by number, and those that only a calendar knows: `L`, `15W` and `LW`. */
interface DaysOfMonth {
  readonly days: ReadonlySet<number>;
  readonly last: boolean;
  readonly nearestWeekdays: readonly (number | "last")[];
}

/** Sunday is 1; `nth` has `6#3`, the third Friday, and `6L`, the last one. */
interface DaysOfWeek {
  readonly days: ReadonlySet<number>;
  readonly nth: readonly { readonly day: number; readonly nth: number | "last" }[];
}

const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const fields = {
  minutes: { name: "minutes", min: 0, max: 59 },
  hours: { name: "hours", min: 0, max: 23 },
  dayOfMonth: { name: "day of month", min: 1, max: 31 },
  month: { name: "month", min: 1, max: 12, names: monthNames },
  dayOfWeek: { name: "day of week", min: 1, max: 7, names: dayNames },
  year: { name: "year", min: 1970, max: 2199 },
} satisfies Readonly<Record<string, CronField>>;

/** Parses what is between the brackets of `cron(…)`; throws an error that says which field is wrong. */
export const parseCron = (text: string): Cron => {
  const given = text.trim().split(/\s+/);
  if (given.length !== 6) throw new Error("cron takes six fields: minutes hours day-of-month month day-of-week year.");
  const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = given;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new Error("either the day of month or the day of week must be ?, and the other one not.");
  }
  return {
    minutes: parseField(fields.minutes, minutes),
    hours: parseField(fields.hours, hours),
    months: parseField(fields.month, month),
    years: parseField(fields.year, year),
    daysOfMonth: dayOfMonth === "?" ? undefined : parseDaysOfMonth(dayOfMonth),
    daysOfWeek: dayOfWeek === "?" ? undefined : parseDaysOfWeek(dayOfWeek),
  };
};

const parseDaysOfMonth = (text: string): DaysOfMonth => {
  const parts = text.toUpperCase().split(",");
  const plain = parts.filter((part) => !/[LW]/.test(part));
  const nearestWeekdays = parts
    .filter((part) => part.endsWith("W"))
    .map((part) => (part === "LW" ? "last" : one(fields.dayOfMonth, part.slice(0, -1))));
  const last = parts.includes("L");
  if (plain.length + nearestWeekdays.length + Number(last) < parts.length) unsupported(fields.dayOfMonth, text);
  return { days: parsePlain(fields.dayOfMonth, plain), last, nearestWeekdays };
};

const parseDaysOfWeek = (text: string): DaysOfWeek => {
  const parts = text.toUpperCase().split(",");
  const isNth = (part: string): boolean => part.includes("#") || (part.endsWith("L") && part !== "L");
  const nth = parts.filter(isNth).map((part) => {
    const [, day = "", which = ""] = /^([^#]+?)(#[1-5]|L)$/.exec(part) ?? unsupported(fields.dayOfWeek, text);
    return { day: one(fields.dayOfWeek, day), nth: which === "L" ? ("last" as const) : Number(which.slice(1)) };
  });
  // Alone, L is the last day of the week.
  const plain = parts.filter((part) => !isNth(part)).map((part) => (part === "L" ? "SAT" : part));
  return { days: parsePlain(fields.dayOfWeek, plain), nth };
};

const parsePlain = (field: CronField, parts: readonly string[]): ReadonlySet<number> =>
  parts.length === 0 ? new Set() : parseField(field, parts.join(","));

const one = (field: CronField, text: string): number => {
  const [value, ...others] = parseField(field, text);
  return value === undefined || others.length > 0 ? unsupported(field, text) : value;
};

const unsupported = ({ name }: CronField, text: string): never => {
  throw new Error(`the ${name} "${text}" is not understood.`);
};

/** The first matching minute after `after` (milliseconds since 1970), or undefined where none ever comes. */
export const nextCronTime = (cron: Cron, after: number): number | undefined => {
  const from = Math.floor(after / minuteMs) * minuteMs + minuteMs;
  const start = new Date(from);
  let month = start.getUTCMonth();
  for (let year = start.getUTCFullYear(); year <= fields.year.max; year++, month = 0) {
    if (!cron.years.has(year)) continue;
    for (; month < 12; month++) {
      if (!cron.months.has(month + 1)) continue;
      for (const day of daysOf(cron, year, month)) {
        const found = firstInDay(cron, Date.UTC(year, month, day), from);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
};

const minuteMs = 60_000;

const firstInDay = ({ hours, minutes }: Cron, midnight: number, from: number): number | undefined => {
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => midnight + (hour * 60 + minute) * minuteMs));
  // Lists may name their values in any order.
  return times.filter((time) => time >= from).sort((a, b) => a - b)[0];
};

/** The matching days of a month, in order. */
const daysOf = (cron: Cron, year: number, month: number): number[] => {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const weekday = (day: number): number => new Date(Date.UTC(year, month, day)).getUTCDay() + 1;

  const matches = (day: number): boolean => {
    const { daysOfMonth, daysOfWeek } = cron;
    if (daysOfMonth) {
      return (
        daysOfMonth.days.has(day) ||
        (daysOfMonth.last && day === length) ||
        daysOfMonth.nearestWeekdays.some((wanted) => nearestWeekday(wanted === "last" ? length : wanted) === day)
      );
    }
    const isNth = (nth: number | "last") => (nth === "last" ? day + 7 > length : Math.ceil(day / 7) === nth);
    const ofWeek = weekday(day);
    return daysOfWeek?.days.has(ofWeek) || daysOfWeek?.nth.some((w) => w.day === ofWeek && isNth(w.nth)) || false;
  };

  /** The nearest in the same month: of a Saturday the Friday before, of a Sunday the Monday after. */
  const nearestWeekday = (day: number): number | undefined => {
    if (day > length) return undefined;
    if (weekday(day) === 7) return day === 1 ? 3 : day - 1;
    if (weekday(day) === 1) return day === length ? day - 2 : day + 1;
    return day;
  };

  return Array.from({ length }, (_, index) => index + 1).filter(matches);
};
