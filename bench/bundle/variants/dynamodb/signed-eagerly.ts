import { accepted, type CancelEvent, claim, tooLate } from "./claim.ts";
import { updateItem } from "./signed-client.ts";

export async function handler({ jobId }: CancelEvent) {
  const { claimed, job } = await updateItem(claim(jobId));
  return claimed ? accepted(job) : tooLate(job);
}
