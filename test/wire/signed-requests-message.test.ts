import { describe, expect, test } from "vitest";
import { acs3Subjects, rpcV1Subject } from "../support/signing/signed-subjects.ts";
import { keys, sendMessage, signed, useSignedBundle } from "../support/signing/signed-world.ts";
import { percentEncode } from "../support/signing/signer.ts";
import { form, query } from "../support/signing/tamper.ts";

const introduction = "Specified signature is not matched with our calculation. server string to sign is:";
const wrongSecret = { key: { ...keys.good, secret: "guessed" } };

/** A client takes what follows the colon: equal to its own means a wrong secret, else a bug (observed with Go's core). */
const shownIn = (body: Record<string, unknown>): string => {
  const message = String(body.Message);
  expect(message.startsWith(introduction)).toBe(true);
  return message.slice(introduction.length);
};

describe.each(acs3Subjects)("the message of SignatureDoesNotMatch with $name", (subject) => {
  const bundle = useSignedBundle();

  test("tells a client with a wrong secret its own string to sign", async () => {
    const { message, toSign } = signed(subject, "job-1", { signing: wrongSecret });
    const { body } = await sendMessage(bundle, message);
    expect(shownIn(body)).toBe(toSign.stringToSign);
  });

  test("tells another one when the request was changed on the way", async () => {
    const { message, toSign } = signed(subject, "job-1");
    const { body } = await sendMessage(bundle, query("RegionId", "cn-beijing")(message));
    expect(shownIn(body)).not.toBe(toSign.stringToSign);
  });
});

describe("the message of SignatureDoesNotMatch with version 1", () => {
  const bundle = useSignedBundle();

  const stars = percentEncode(percentEncode("***"));
  /** Each request has a parameter of no API, by which requests are told apart. */
  const withoutFiller = (text: string) => text.replace(/(?<=Filler%3D).*?(?=%26)/, stars);

  test("tells a client its own string to sign, where it has the API's own parameters without the password", async () => {
    const asks = form("NamespacePassword", undefined);
    const { message, toSign } = signed(rpcV1Subject, "job-1", { asks, signing: wrongSecret });
    const { body } = await sendMessage(bundle, message);
    expect(shownIn(body)).toBe(withoutFiller(toSign.stringToSign));
  });

  test("leaves out the password, and of what no API knows the value", async () => {
    const { message, toSign } = signed(rpcV1Subject, "job-1", { signing: wrongSecret });
    const { body } = await sendMessage(bundle, message);
    expect(shownIn(body)).toBe(withoutFiller(toSign.stringToSign.replace("testpassword", stars)));
  });

  test.each(["open sesame/+=&%", "p\u00e4ssw\u00f6rd"])("never shows the password %s", async (password) => {
    const once = percentEncode(password);
    const { message } = signed(rpcV1Subject, "job-1", {
      asks: form("NamespacePassword", password),
      signing: wrongSecret,
    });
    const { body } = await sendMessage(bundle, message);
    const shown = shownIn(body);
    expect(shown).toContain(percentEncode(`NamespacePassword=${percentEncode("***")}`));
    for (const written of [password, once, percentEncode(once)]) {
      expect(shown).not.toContain(written);
      expect(bundle.logged.join("\n")).not.toContain(written);
    }
  });
});
