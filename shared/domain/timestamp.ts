import type { Instant } from "./job.ts";

export const timestamp = (at: Instant): string => new Date(at).toISOString();
export const timestampOrNull = (at: Instant | undefined): string | null => (at === undefined ? null : timestamp(at));
