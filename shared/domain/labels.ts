import type { Job } from "./job.ts";

/** A label of this name; of any value where none is given. */
export interface LabelFilter {
  readonly name: string;
  readonly value?: string | undefined;
}

export const hasLabel = (labels: Job["labels"], { name, value }: LabelFilter): boolean =>
  Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
