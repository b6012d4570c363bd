import { Cron } from "croner";
import { type CronField, translateField } from "./cron-field.ts";

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

/**
 * Parses what is between the brackets of AWS's `cron(…)`, in UTC. Throws an error that says which field is wrong, or
 * that croner cannot compute the expression: `LW` in a list is one that AWS takes and croner does not.
 */
export const parseCron = (text: string): Cron => {
  const given = text.trim().split(/\s+/);
  if (given.length !== 6) throw new Error("cron takes six fields: minutes hours day-of-month month day-of-week year.");
  const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = given;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new Error("either the day of month or the day of week must be ?, and the other one not.");
  }
  const pattern = [
    "0",
    translateField(fields.minutes, minutes),
    translateField(fields.hours, hours),
    dayOfMonth === "?" ? "*" : translateDaysOfMonth(dayOfMonth),
    translateField(fields.month, month),
    dayOfWeek === "?" ? "*" : translateDaysOfWeek(dayOfWeek),
    translateField(fields.year, year),
  ];
  try {
    // AWS counts the days of the week from Sunday, which is 1.
    return new Cron(pattern.join(" "), { utcOffset: 0, alternativeWeekdays: true });
  } catch (cause) {
    throw new Error(`this cannot be computed locally (${(cause as Error).message}).`, { cause });
  }
};

/** Returns the first matching minute after `after` (milliseconds since 1970), or undefined where none ever comes. */
export const nextCronTime = (cron: Cron, after: number): number | undefined => cron.nextRun(new Date(after))?.getTime();

/** Days by number, and those that only a calendar knows: `L`, `15W` and `LW`. */
const translateDaysOfMonth = (text: string): string =>
  translateParts(text, (part) => {
    if (part === "L" || part === "LW") return part;
    if (part.endsWith("W")) return `${translateOne(fields.dayOfMonth, part.slice(0, -1))}W`;
    return part.includes("L") ? refuse(fields.dayOfMonth, text) : translateField(fields.dayOfMonth, part);
  });

/** Days by number or name, `6#3` for the third Friday, and `6L` for the last one. `L` alone is the last day of a week. */
const translateDaysOfWeek = (text: string): string =>
  translateParts(text, (part) => {
    if (part === "L") return "7";
    const isNth = part.includes("#") || part.endsWith("L");
    if (!isNth) return translateField(fields.dayOfWeek, part);
    const [, day = "", nth = ""] = /^([^#]+?)(#[1-5]|L)$/.exec(part) ?? refuse(fields.dayOfWeek, text);
    return translateOne(fields.dayOfWeek, day) + nth;
  });

const translateParts = (text: string, translate: (part: string) => string): string =>
  text
    .toUpperCase()
    .split(",")
    .map((part) => translate(part))
    .join(",");

const translateOne = (field: CronField, text: string): string => {
  const number = translateField(field, text);
  return /^\d+$/.test(number) ? number : refuse(field, text);
};

const refuse = ({ name }: CronField, text: string): never => {
  throw new Error(`the ${name} "${text}" is not understood.`);
};
