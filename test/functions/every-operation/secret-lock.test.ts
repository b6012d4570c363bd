import { describe, expect, test } from "vitest";
import { aRecord, deliver, messageFor } from "../../support/requests/cancel-messages.ts";
import { callJobApi, createIndex, registerJob, uploadDocument } from "../../support/requests/cancel-requests.ts";
import { describeIndex, getUpload } from "../../support/requests/read-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";
import { now } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const stateOf = async (uid: string) => (await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state;
const minute = 60_000;

describe.each([createIndex, uploadDocument, describeIndex, getUpload])(
  "after wrong passwords, $operation",
  (request) => {
    const ask = async (jobId: string, NamespacePassword: string, token = "ops-token") =>
      (await request.send(bundle, jobId, { token, parameters: { NamespacePassword } })).body.Code;

    const guessed = async () => {
      const job = await registerJob(bundle, request);
      for (let guess = 1; guess <= 6; guess++)
        expect(await ask(job.jobId, `guess-${guess}`)).toBe("AccountOrPassword.VerificationError");
      return job;
    };

    test("is refused for the right one too, for this job and this principal, and for five minutes", async () => {
      const { jobId } = await guessed();
      const other = await registerJob(bundle, request);
      expect(await ask(jobId, "testpassword")).toBe("AccountOrPassword.Locked");
      expect(await ask(jobId, "guess-7")).toBe("AccountOrPassword.Locked");
      expect(bundle.recorded.measured.at(-1)).toMatchObject({ name: "Locked", dimensions: { of: "secret" } });
      expect(await ask(other.jobId, "wrong")).toBe("AccountOrPassword.VerificationError");
      expect(await ask(jobId, "testpassword", "tenant-token")).not.toBe("AccountOrPassword.Locked");
      bundle.clock.time = now + 5 * minute + 1;
      expect(await ask(jobId, "testpassword")).not.toBe("AccountOrPassword.Locked");
      bundle.clock.time = now;
    });

    test("begins to count anew after a right one", async () => {
      const { jobId } = await registerJob(bundle, request);
      for (const guess of ["1", "2", "3", "4", "testpassword", "1", "2", "3", "4", "5", "6"]) await ask(jobId, guess);
      expect(await ask(jobId, "testpassword")).toBe("AccountOrPassword.Locked");
    });
  },
);

test("a message is tried again later, and has cancelled nothing", async () => {
  const { jobId, uid } = await registerJob(bundle, createIndex);
  const send = async (NamespacePassword: string) => {
    const record = aRecord(messageFor(createIndex, jobId, {}, { NamespacePassword }));
    const again = await deliver(createIndex.operation, bundle.services, [record]);
    return again.length > 0
      ? "again"
      : bundle.recorded.deadLettered.find((each) => each.messageId === record.messageId)?.code;
  };
  for (let guess = 1; guess <= 6; guess++) expect(await send(`guess-${guess}`)).toBe("wrong-secret");
  expect(await send("testpassword")).toBe("again");
  expect(await stateOf(uid)).toBe("running");
});
