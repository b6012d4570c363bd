/** A field of a cron expression: which numbers it takes, and the names of these numbers. */
export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Of `min` and the numbers after it. */
  readonly names?: readonly string[];
}

/** Reads a list of numbers, names, ranges and steps, such as `0,15,30-40/5`; `*` is every number. */
export const parseField = (field: CronField, text: string): ReadonlySet<number> => {
  const { name, min, max, names } = field;
  const fail = (): never => {
    const named = names ? ` or ${names[0]} to ${names.at(-1)}` : "";
    throw new Error(`the ${name} "${text}" is not understood; it takes ${min} to ${max}${named}, with , - * and /.`);
  };
  const number = (token: string): number => {
    const named = names?.indexOf(token.toUpperCase()) ?? -1;
    const value = named >= 0 ? min + named : /^\d{1,4}$/.test(token) ? Number(token) : fail();
    return value >= min && value <= max ? value : fail();
  };

  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/([1-9]\d{0,3}))?$/.exec(part) ?? fail();
    const [from = "", to, ...rest] = range === "*" ? [String(min), String(max)] : range.split("-");
    if (rest.length > 0) fail();
    const first = number(from);
    // A step after a single number goes on to the end: 5/15 is 5, 20, 35, 50.
    const last = to === undefined ? (step === undefined ? first : max) : number(to);
    if (last < first) fail();
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
};
