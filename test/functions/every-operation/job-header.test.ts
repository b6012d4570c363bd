import { describe, expect, test } from "vitest";
import { cancelRequests, registerJob } from "../../support/requests/cancel-requests.ts";
import { readRequests, taskList } from "../../support/requests/read-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

describe("an answer in a provider's words leads to the receipt", () => {
  test.each([...cancelRequests, ...readRequests.filter((request) => request !== taskList)])(
    "$operation names the job in a header",
    async (request) => {
      const { jobId, uid } = await registerJob(bundle, request, request.service === "dds" ? "queued" : "running");
      expect((await request.send(bundle, jobId)).headers["Standdown-Job"]).toBe(uid);
      const ended = await registerJob(bundle, request, "failed");
      expect((await request.send(bundle, ended.jobId)).headers["Standdown-Job"]).toBe(ended.uid);
    },
  );

  test.each(cancelRequests)("$operation names none where there is none, or where it is another's", async (request) => {
    const { jobId } = await registerJob(bundle, request, "queued", {}, "account-1-token");
    for (const [id, token] of [
      ["unknown", "ops-token"],
      [jobId, "account-2-token"],
      [jobId, "nobody-token"],
      [jobId, "guessed"],
    ] as const)
      expect((await request.send(bundle, id, { token })).headers).not.toHaveProperty("Standdown-Job");
  });
});
