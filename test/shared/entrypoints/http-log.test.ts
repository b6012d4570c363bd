import { expect, test } from "vitest";
import { sqlJob } from "../../support/requests/cancel-requests.ts";
import { huaweiAccessSubjects } from "../../support/signing/signed-subjects.ts";
import {
  aLastingJob,
  keys,
  type Subject,
  sendMessage,
  signed,
  useSignedBundle,
} from "../../support/signing/signed-world.ts";

const bundle = useSignedBundle();

const logged = () => JSON.parse(bundle.logged.at(-1) ?? "");

test("the log says with which key a request was signed, and from where it came", async () => {
  const subject = huaweiAccessSubjects[0] as Subject;
  const { jobId, uid } = await aLastingJob(bundle, subject);
  await sendMessage(bundle, signed(subject, jobId).message, { source: "203.0.113.7" });
  expect(logged()).toMatchObject({ principal: "signer", keyId: keys.good.id, source: "203.0.113.7", uid });
});

test("of a token it says nothing but whose it is", async () => {
  await sqlJob.send(bundle, "unknown");
  expect(logged()).toMatchObject({ principal: "ops", source: expect.any(String) });
  expect(logged()).not.toHaveProperty("keyId");
  expect(bundle.logged.join("\n")).not.toContain("ops-token");
});

test("of who is refused it says where they came from", async () => {
  const subject = huaweiAccessSubjects[0] as Subject;
  const { message } = signed(subject, "unknown", { signing: { key: { ...keys.good, secret: "guessed" } } });
  await sendMessage(bundle, message, { source: "203.0.113.8" });
  expect(logged()).toMatchObject({ outcome: "unauthenticated", source: "203.0.113.8" });
  expect(logged()).not.toHaveProperty("principal");
  expect(logged()).not.toHaveProperty("keyId");
});
