/** A field of AWS's cron expressions: which numbers it takes, and the names of these numbers. */
export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Of `min` and the numbers after it. */
  readonly names?: readonly string[];
}

/**
 * Checks a list of numbers, names, ranges and steps, such as `0,15,30-40/5`, and writes it as croner takes it: names as
 * numbers, and a step with the range that it goes through. Throws an error that says what the field takes.
 */
export const translateField = (field: CronField, text: string): string => {
  const { name, min, max, names } = field;
  const fail = (): never => {
    const named = names ? ` or ${names[0]} to ${names.at(-1)}` : "";
    throw new Error(`the ${name} "${text}" is not understood; it takes ${min} to ${max}${named}, with , - * and /.`);
  };
  const toNumber = (token: string): number => {
    const named = names?.indexOf(token.toUpperCase()) ?? -1;
    const value = named >= 0 ? min + named : /^\d{1,4}$/.test(token) ? Number(token) : fail();
    return value >= min && value <= max ? value : fail();
  };
  const translatePart = (part: string): string => {
    const [, range = "", step] = /^([^/]+)(?:\/([1-9]\d{0,3}))?$/.exec(part) ?? fail();
    const [from = "", to, ...rest] = range === "*" ? [String(min), String(max)] : range.split("-");
    if (rest.length > 0) fail();
    const first = toNumber(from);
    // A step after a single number goes on to the end: 5/15 is 5, 20, 35, 50.
    const last = to === undefined ? (step === undefined ? first : max) : toNumber(to);
    if (last < first) fail();
    // Croner refuses a step that is longer than the range.
    if (first + Number(step ?? 1) > last) return String(first);
    return `${first}-${last}${step === undefined ? "" : `/${step}`}`;
  };
  return text === "*" ? text : text.split(",").map(translatePart).join(",");
};
