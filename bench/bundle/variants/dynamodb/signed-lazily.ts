import { accepted, type CancelEvent, claim, tooLate } from "./claim.ts";

export async function handler({ jobId }: CancelEvent) {
  const { updateItem } = await import("./signed-client.ts");
  const { claimed, job } = await updateItem(claim(jobId));
  return claimed ? accepted(job) : tooLate(job);
}
