import { isRecord } from "./intrinsics.ts";

/** The fields that an event must have. One condition of a list is enough. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly Condition[];
}

type Literal = string | number | boolean | null;
export type Condition =
  | Literal
  | { readonly prefix: string }
  | { readonly exists: boolean }
  | { readonly "anything-but": readonly Literal[] };

/**
 * Reads the part of EventBridge's patterns that is matched here; what is wrong with the rest goes to `fail`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export const parsePattern = (
  pattern: unknown,
  fail: (problem: string) => never,
  where = "EventPattern",
): EventPattern => {
  if (!isRecord(pattern)) return fail(`${where} must be an object.`);
  if (Object.keys(pattern).length === 0) return fail(`${where} must not be empty.`);
  return Object.fromEntries(
    Object.entries(pattern).map(([field, inner]) => {
      const place = `${where}.${field}`;
      if (isRecord(inner)) return [field, parsePattern(inner, fail, place)];
      if (!Array.isArray(inner)) return fail(`${place} must be an object or a list.`);
      if (inner.length === 0) return fail(`${place} must not be empty.`);
      return [field, inner.map((item) => parseCondition(item, (problem) => fail(`${place}: ${problem}`)))];
    }),
  );
};

const parseCondition = (item: unknown, fail: (problem: string) => never): Condition => {
  if (isLiteral(item)) return item;
  const { prefix, exists, "anything-but": unwanted } = isRecord(item) && Object.keys(item).length === 1 ? item : {};
  if (typeof prefix === "string") return { prefix };
  if (typeof exists === "boolean") return { exists };
  const values: unknown[] = [unwanted].flat();
  // As EventBridge has it: strings only, or numbers only.
  const alike = ["string", "number"].some((type) => values.every((value) => typeof value === type));
  if (alike && values.length > 0) return { "anything-but": values.filter(isLiteral) };
  return fail(`${JSON.stringify(item)} cannot be matched locally.`);
};

/**
 * Whether an event has all fields of a pattern. A list in the event stands for each of its elements; fields that the
 * pattern wants of one object must be in one and the same element.
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean => {
  const objects = elementsOf(event).filter(isRecord);
  // What is no object has none of the fields, which some patterns ask for.
  return (objects.length > 0 ? objects : [{}]).some((object) =>
    Object.entries(pattern).every(([field, inner]) =>
      isList(inner) ? holdsOne(inner, object[field]) : matchesPattern(inner, object[field]),
    ),
  );
};

/** EventBridge sees values only: a field that holds an object or an empty list does not exist. */
const holdsOne = (conditions: readonly Condition[], field: unknown): boolean => {
  const values = elementsOf(field).filter(isLiteral);
  return conditions.some((condition) =>
    isRecord(condition) && "exists" in condition
      ? condition.exists === values.length > 0
      : values.some((value) => holds(condition, value)),
  );
};

const holds = (condition: Condition, value: Literal): boolean => {
  if (!isRecord(condition)) return condition === value;
  if ("prefix" in condition) return typeof value === "string" && value.startsWith(condition.prefix);
  return "anything-but" in condition && !condition["anything-but"].includes(value);
};

const elementsOf = (value: unknown): unknown[] => [value].flat(Number.POSITIVE_INFINITY);

const isList = (inner: EventPattern | readonly Condition[]): inner is readonly Condition[] => Array.isArray(inner);

const isLiteral = (value: unknown): value is Literal =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
