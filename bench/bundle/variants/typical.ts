import middy from "@middy/core";
import { handler as claim } from "./dynamodb/signed-eagerly.ts";
import { handler as validate } from "./validation/valibot.ts";
import type { ParametersEvent } from "./validation/verdict.ts";

/** A typical function: wrapped, validated, one write. It shows what the format of the bundle alone costs. */
export const handler = middy<ParametersEvent>().handler(async (event) => {
  const verdict = await validate(event);
  return verdict.statusCode === 200 ? claim({ jobId: event.parameters.JobId ?? "" }) : verdict;
});
