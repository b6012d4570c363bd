import type { Expectation } from "./choices.ts";
import { sample, type Variant } from "./measure.ts";

/** Stops the benchmark if a variant does not do the work that its figures stand for. */
export async function verify(
  variant: Variant,
  expectations: readonly Expectation[],
  environment: NodeJS.ProcessEnv = {},
): Promise<void> {
  for (const { event, statusCode, contains } of expectations) {
    const { reply } = await sample({ ...variant, event, calls: 0 }, environment);
    if (reply?.statusCode === statusCode && reply.body.includes(contains)) continue;
    const expected = `${statusCode} with ${contains}`;
    throw new Error(`${variant.name}: expected ${expected}, got ${reply?.statusCode} ${reply?.body}`);
  }
}
