import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { alibabaClients, callAnonymously, refusalOf, upperCaseUuid } from "../support/sdk/sdk-alibaba.ts";
import { type Asked, callOf, createIndex } from "../support/sdk/sdk-analyticdb.ts";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import type { Who } from "../support/sdk/sdk-keys.ts";

const { endpoint, jobs, jobIn } = useStanddownWithKeys();

// Without a password: hashing one takes most of a request's time, and none of this is about it.
const { secret, ...registration } = createIndex.registration;
const minute = 60_000;
const pinnedAt = (time: number) => ({
  date: new Date(time).toISOString().replace(/\.\d+/, ""),
  nonce: randomUUID(),
});

// A token is good without a signature, a clock and a nonce.
describe.each(alibabaClients.filter(({ kind }) => kind !== "token"))("$name", (client) => {
  const refused = async (who: Who, jobId: string, asked: Asked = {}) => {
    const { accessDenied, ...report } = await refusalOf(
      client,
      client.call(endpoint(), who, callOf(createIndex, jobId, asked)),
    );
    expect(accessDenied).toBeUndefined();
    return report;
  };
  const refusal = (status: number, code: string, words: unknown) => ({
    name: client.errorName(status, code),
    code,
    status,
    words,
    requestId: upperCaseUuid,
  });

  test("reports a wrong secret with the string that was to be signed", async () => {
    const { uid, jobId } = await jobIn("running", registration);
    const words =
      /^Specified signature is not matched with our calculation\. server string to sign is:(ACS3-HMAC-S(HA256|M3)\n[0-9a-f]{64}|(GET|POST)&%2F&AccessKeyId%3D.*)$/s;
    const report = await refused("mistyped", jobId);
    expect(report).toEqual(refusal(400, "SignatureDoesNotMatch", expect.stringMatching(words)));
    // A parameter that is signed is shown there, but for the password.
    expect(String(report.words)).not.toMatch(/pass.{1,9}word/);
    expect((await jobs.job(uid)).state).toBe("running");
    // The right one is none the worse for it; and it ends the count of wrong ones, which would lock the key.
    await client.call(endpoint(), "owner", callOf(createIndex, jobId));
    expect((await jobs.job(uid)).state).toBe("stopping");
  });

  test.each([
    ["behind", -16],
    ["ahead", 16],
  ])("reports a clock that is 16 minutes %s", async (_, minutes) => {
    const pinned = pinnedAt(Date.now() + minutes * minute);
    const words = "Specified time stamp or date value is expired.";
    expect(await refused("owner", "any", { pinned })).toEqual(refusal(400, "InvalidTimeStamp.Expired", words));
  });

  test("is good for a clock that is 14 minutes off, and once for the very same request", async () => {
    const { uid, jobId } = await jobIn("running", registration);
    const pinned = pinnedAt(Date.now() - 14 * minute);
    await client.call(endpoint(), "owner", callOf(createIndex, jobId, { pinned }));

    const words = "Specified signature nonce was used already.";
    expect(await refused("owner", jobId, { pinned })).toEqual(refusal(400, "SignatureNonceUsed", words));
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", repeats: 0 });
  });
});

test("openapi-core reports that it has sent neither a signature nor a token", async () => {
  const [client] = alibabaClients;
  const answer = callAnonymously(endpoint(), callOf(createIndex, "any"));
  expect(client && (await refusalOf(client, answer))).toMatchObject({
    name: "ClientError",
    code: "IncompleteSignature",
    status: 400,
    words: "The request carries neither a signature nor a bearer token.",
  });
});
