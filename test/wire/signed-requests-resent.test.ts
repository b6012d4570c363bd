import { describe, expect, test } from "vitest";
import { callJobApi, toReceipt } from "../support/requests/cancel-requests.ts";
import { huaweiAccessSubjects } from "../support/signing/signed-subjects.ts";
import { aLastingJob, type Subject, sendMessage, signed, useSignedBundle } from "../support/signing/signed-world.ts";
import type { InProcessBundle } from "../support/stack/bundle.ts";
import { now } from "../support/stack/jobs.ts";

const minute = 60_000;

/** These signatures have no nonce: the same bytes can be sent again for as long as their date is good. */
const subjects = huaweiAccessSubjects.filter(({ operation }) => ["ges", "dli"].includes(operation.service));

const registerAgain = async (bundle: InProcessBundle, { operation }: Subject, jobId: string): Promise<string> => {
  const { service, scope, jobType } = operation;
  const { status, body } = await callJobApi(bundle, "POST", "/jobs", { service, scope, jobType, jobId });
  expect(status).toBe(201);
  return String(body.uid);
};

const finish = (bundle: InProcessBundle, uid: string, outcome: string) =>
  callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome });

describe.each(subjects)("identical bytes by $name", (subject) => {
  const bundle = useSignedBundle();
  const stateOf = async (uid: string) => (await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state;

  test("never cancel the job that has taken over the id, and are counted where they belong", async () => {
    const { jobId, uid } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    expect((await sendMessage(bundle, message)).status).toBe(subject.answers.accepted[0]);
    await finish(bundle, uid, "cancelled");
    const later = await sendMessage(bundle, message);
    const next = await registerAgain(bundle, subject, jobId);
    const again = await sendMessage(bundle, message);
    expect([again.status, again.body.error_code]).toEqual([later.status, later.body.error_code]);
    expect([await stateOf(next), (await toReceipt(bundle, uid)).repeats]).toEqual(["running", 2]);
  });

  test("nor when they came too late for the one before", async () => {
    const { jobId, uid } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    await finish(bundle, uid, "succeeded");
    const late = await sendMessage(bundle, message);
    const next = await registerAgain(bundle, subject, jobId);
    expect((await sendMessage(bundle, message)).status).toBe(late.status);
    expect(await stateOf(next)).toBe("running");
  });

  test("nor over several incarnations, also those of a repeat", async () => {
    const { jobId, uid } = await aLastingJob(bundle, subject);
    const first = signed(subject, jobId).message;
    const second = signed(subject, jobId, { signing: { at: now + 1000 } }).message;
    for (const message of [first, second]) await sendMessage(bundle, message);
    await finish(bundle, uid, "cancelled");
    const next = await registerAgain(bundle, subject, jobId);
    await finish(bundle, next, "failed");
    const last = await registerAgain(bundle, subject, jobId);
    for (const message of [first, second]) await sendMessage(bundle, message);
    expect([await stateOf(last), (await toReceipt(bundle, uid)).repeats]).toEqual(["running", 3]);
  });

  test("but a new signature by a client whose clock is slow cancels the job that stands", async () => {
    const { jobId, uid } = await aLastingJob(bundle, subject);
    await finish(bundle, uid, "succeeded");
    const next = await registerAgain(bundle, subject, jobId);
    const { message } = signed(subject, jobId, { signing: { at: now - 10 * minute } });
    expect((await sendMessage(bundle, message)).status).toBe(subject.answers.accepted[0]);
    expect(await stateOf(next)).toBe("stopping");
  });
});
