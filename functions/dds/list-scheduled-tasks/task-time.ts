import * as v from "valibot";
import type { Instant } from "../../../shared/domain/job.ts";
import { text } from "../../../shared/validation/identifiers.ts";

const expected = "a time such as 2026-11-22T10:00:00+0100, or in milliseconds since 1970";

/**
 * A time as the pages have it (`yyyy-mm-ddThh:mm:ssZ`, Z being an offset such as +0100), or in milliseconds (O). A plus
 * sign that was not escaped has become a space on the way here.
 */
export const taskTime = v.pipe(
  text(/^(\d{13}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+ -]\d{4}))$/, expected),
  v.transform((given) => (/^\d{13}$/.test(given) ? Number(given) : Date.parse(withColon(given)))),
  v.check((time) => Number.isFinite(time), expected),
);

const withColon = (given: string): string =>
  given.replace(/([+ -])(\d\d)(\d\d)$/, (_, sign, hours, minutes) => `${sign === " " ? "+" : sign}${hours}:${minutes}`);

export const timestamp = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}+0000`;
