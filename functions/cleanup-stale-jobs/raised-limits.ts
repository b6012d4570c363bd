import * as v from "valibot";
import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import { describeIssue, RequestRejected } from "../../shared/validation/request-error.ts";
import { validate } from "../../shared/validation/validate.ts";

/** Limits that an operator raised for one run, by starting it. */
export type RaisedLimits = v.InferOutput<typeof raisedLimits>;

const words = (most: number) => {
  const expected = `1 to ${most} characters`;
  return v.pipe(v.string(expected), v.trim(), v.nonEmpty(expected), v.maxLength(most, expected));
};
const expectedJobs = "a whole number from 1";
const jobs = v.pipe(v.number(expectedJobs), v.integer(expectedJobs), v.minValue(1, expectedJobs));
const expectedFraction = "more than 0, at most 1";
const fraction = v.pipe(v.number(expectedFraction), v.gtValue(0, expectedFraction), v.maxValue(1, expectedFraction));

const isGiven = (limit: number | undefined): boolean => limit !== undefined;

const raisedLimits = v.pipe(
  v.strictObject({
    policy: words(64),
    /** A project, namespace or instance: all other owners keep the limits that they have. */
    owner: v.exactOptional(words(200)),
    maxActionsPerRun: v.exactOptional(jobs),
    maxActionsOfAllOwners: v.exactOptional(jobs),
    maxFractionOfActive: v.exactOptional(fraction),
    reason: words(300),
    /** Who says so. Nobody checks it: who made the call is in the account's own trail. */
    onBehalfOf: v.exactOptional(words(128)),
  }),
  v.check(
    ({ maxActionsPerRun, maxActionsOfAllOwners, maxFractionOfActive }) =>
      [maxActionsPerRun, maxActionsOfAllOwners, maxFractionOfActive].some(isGiven),
    "one with a limit to raise",
  ),
  v.check(
    ({ owner, maxActionsOfAllOwners, maxFractionOfActive }) =>
      owner === undefined || ![maxActionsOfAllOwners, maxFractionOfActive].some(isGiven),
    "one with maxActionsPerRun alone where it names an owner",
  ),
);

/**
 * Reads what started a run: an invocation by hand may raise limits, a schedule may not. Throws where the invocation is
 * not understood, lest the run do something else than was meant.
 */
export const readRaisedLimits = (event: unknown, policies: readonly CleanupPolicy[]): RaisedLimits | undefined => {
  if (typeof event !== "object" || event === null || "source" in event || Object.keys(event).length === 0)
    return undefined;
  const raised = parse(event);
  if (policies.some(({ name }) => name === raised.policy)) return raised;
  throw new Error(
    `nothing was cleaned up: there is no policy of that name, but ${policies.map(({ name }) => name).join(", ")}`,
  );
};

const parse = (event: object): RaisedLimits => {
  try {
    return validate(raisedLimits, event);
  } catch (error) {
    if (!(error instanceof RequestRejected) || error.failure.kind !== "invalid") throw error;
    throw new Error(`nothing was cleaned up: ${error.failure.issues.map(describeIssue).join("; ")}`);
  }
};
