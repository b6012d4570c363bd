import { describe, expect, test } from "vitest";
import { acs3Subjects, allSchemes, huaweiAccessSubjects, rpcV1Subject } from "../support/signing/signed-subjects.ts";
import {
  aLastingJob,
  expectAnswer,
  keys,
  newSource,
  type Subject,
  sendMessage,
  signed,
  useSignedBundle,
} from "../support/signing/signed-world.ts";
import { header } from "../support/signing/tamper.ts";
import { now } from "../support/stack/jobs.ts";

const minute = 60_000;

describe.each([...acs3Subjects, rpcV1Subject])("a nonce of $name", (subject) => {
  const bundle = useSignedBundle();

  test("is good once, from wherever it comes", async () => {
    const { jobId } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    expectAnswer(await sendMessage(bundle, message), subject.answers.accepted);
    expectAnswer(await sendMessage(bundle, message), subject.answers["nonce used"]);
    bundle.clock.time = now + 14 * minute;
    expectAnswer(await sendMessage(bundle, message), subject.answers["nonce used"]);
    bundle.clock.time = now;
  });

  test("is good once whatever else is asked with it, and once for each key", async () => {
    const { jobId } = await aLastingJob(bundle, subject);
    const again = (signing: object) => sendMessage(bundle, signed(subject, jobId, { signing }).message);
    const nonce = `taken-with-${subject.name}`;
    expectAnswer(await again({ nonce }), subject.answers.accepted);
    expectAnswer(await again({ nonce, at: now + 1000 }), subject.answers["nonce used"]);
    expectAnswer(await again({ nonce, key: keys.other }), subject.answers.accepted);
  });

  test("is not taken by a request whose signature is wrong", async () => {
    const { jobId } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    const forged = signed(subject, jobId, {
      signing: { nonce: nonceOf(subject, message), key: { ...keys.good, secret: "guessed" } },
    });
    expectAnswer(await sendMessage(bundle, forged.message), subject.answers.mismatch);
    expectAnswer(await sendMessage(bundle, message), subject.answers.accepted);
  });
});

describe.each(acs3Subjects)("a nonce of $name that is spelled otherwise", (subject) => {
  const bundle = useSignedBundle();

  test.each<[string, string, keyof Subject["answers"]]>([
    ["a blank, which clients trim", " ", "nonce used"],
    ["a tab, which clients trim", "\t", "nonce used"],
    ["a no-break space, which JavaScript would trim", "\u00a0", "malformed"],
    ["a control character", "\u0085", "malformed"],
  ])("with %s, is good for nothing more", async (_, character, answer) => {
    const { jobId } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    expectAnswer(await sendMessage(bundle, message), subject.answers.accepted);
    const nonce = nonceOf(subject, message);
    const again = header("x-acs-signature-nonce", `${character}${nonce}`)(message);
    expectAnswer(await sendMessage(bundle, again), subject.answers[answer]);
  });
});

const nonceOf = ({ name }: Subject, { headers, query }: { headers: object; query: object }): string => {
  const fields: Readonly<Record<string, string>> = { ...headers, ...query };
  return fields[name.startsWith("ACS3") ? "x-acs-signature-nonce" : "SignatureNonce"] ?? "";
};

describe("a request of the Huawei family", () => {
  const bundle = useSignedBundle();
  const resendable = [...huaweiAccessSubjects, ...allSchemes].filter(
    ({ answers, operation }) => answers.accepted[0] === 200 && !operation.service.startsWith("analyticdb"),
  );

  test.each(resendable)("may be sent again as it is: $name", async (subject) => {
    const { jobId } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId);
    expectAnswer(await sendMessage(bundle, message), subject.answers.accepted);
    expectAnswer(await sendMessage(bundle, message), subject.answers.accepted);
  });
});

describe.each(allSchemes)("after wrong signatures with $name", (subject) => {
  const bundle = useSignedBundle();

  const send = async (secret: string, source: string, key = keys.good) => {
    const { jobId } = await aLastingJob(bundle, subject);
    return sendMessage(
      bundle,
      signed(subject, jobId, { signing: { key: { ...key, secret }, at: bundle.clock.time } }).message,
      {
        source,
      },
    );
  };
  const fail = async (times: number, source: string) => {
    for (let i = 0; i < times; i++) expectAnswer(await send("guessed", source), subject.answers.mismatch);
  };

  test("the key is locked at that address after the sixth, and at no other", async () => {
    const source = newSource();
    await fail(6, source);
    expectAnswer(await send("guessed", source), subject.answers.locked);
    expectAnswer(await send(keys.good.secret, source), subject.answers.locked);
    expectAnswer(await send(keys.good.secret, newSource()), subject.answers.accepted);
    expectAnswer(await send(keys.other.secret, source, keys.other), subject.answers.accepted);
  });

  test("five are tolerated, and a right one starts the count anew", async () => {
    const source = newSource();
    await fail(5, source);
    expectAnswer(await send(keys.good.secret, source), subject.answers.accepted);
    await fail(5, source);
    expectAnswer(await send(keys.good.secret, source), subject.answers.accepted);
  });

  test("the lock ends five minutes after the last of them", async () => {
    const source = newSource();
    await fail(6, source);
    bundle.clock.time = now + 5 * minute - 1;
    expectAnswer(await send(keys.good.secret, source), subject.answers.locked);
    bundle.clock.time = now + 5 * minute;
    expectAnswer(await send(keys.good.secret, source), subject.answers.accepted);
    bundle.clock.time = now;
  });

  test("what is no wrong signature does not count", async () => {
    const source = newSource();
    const { jobId } = await aLastingJob(bundle, subject);
    for (let i = 0; i < 7; i++) {
      const { message } = signed(subject, jobId, { signing: { at: now - 16 * minute } });
      expectAnswer(await sendMessage(bundle, message, { source }), subject.answers.expired);
    }
    expectAnswer(await send(keys.good.secret, source), subject.answers.accepted);
  });

  test("no secret and no password stands in any answer or log line", async () => {
    const { jobId } = await aLastingJob(bundle, subject);
    const { message } = signed(subject, jobId, { signing: { key: { ...keys.good, secret: "guessed" } } });
    const { text } = await sendMessage(bundle, header("x-forwarded-for", "192.0.2.7")(message));
    for (const secret of [keys.good.secret, "guessed", "testpassword"]) {
      expect(text).not.toContain(secret);
      expect(bundle.logged.join("\n")).not.toContain(secret);
    }
    expect(bundle.logged.at(-1)).toContain('"outcome":"unauthenticated"');
  });
});
