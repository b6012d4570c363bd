import { expect, test } from "vitest";
import { asKey, plain, signingKey } from "../../../shared/auth/signing-key.ts";
import { Secret } from "../../../shared/domain/secret.ts";

/** A derivation that counts how often it is carried out. */
const counted = () => {
  const derivation = {
    times: 0,
    named: (name: string) => ({
      name,
      derive: (secret: string) => {
        derivation.times++;
        return `${secret} ${name}`;
      },
    }),
  };
  return derivation;
};

test("a key is made once of a secret and a name", () => {
  const derivation = counted();
  const secret = new Secret("s");
  const first = signingKey(secret, derivation.named("a"));
  expect(signingKey(secret, derivation.named("a"))).toBe(first);
  expect(derivation.times).toBe(1);
  expect(first.export().toString()).toBe("s a");
});

test("another name or another secret has another key, equal texts or not", () => {
  const derivation = counted();
  const secret = new Secret("s");
  signingKey(secret, derivation.named("a"));
  expect(signingKey(secret, derivation.named("b")).export().toString()).toBe("s b");
  expect(signingKey(new Secret("t"), derivation.named("a")).export().toString()).toBe("t a");
  signingKey(new Secret("s"), derivation.named("a"));
  expect(derivation.times).toBe(4);
});

test("a hundred keys of a secret are kept beside each other", () => {
  const derivation = counted();
  const secret = new Secret("s");
  const names = Array.from({ length: 100 }, (_, i) => String(i));
  const first = names.map((name) => signingKey(secret, derivation.named(name)));
  expect(names.map((name) => signingKey(secret, derivation.named(name)))).toEqual(first);
  expect(derivation.times).toBe(100);
});

test("a scheme that uses the secret as it is has it for its key", () => {
  expect(signingKey(new Secret("s"), plain).export().toString()).toBe("s");
});

test.each([
  ["text", "é", "c3a9"],
  ["bytes", Buffer.from("00ff", "hex"), "00ff"],
])("a key is made of %s", (_, key, hex) => {
  expect(asKey(key).export().toString("hex")).toBe(hex);
});

test("names that clients make up do not pile up", () => {
  const derivation = counted();
  const secret = new Secret("s");
  const first = signingKey(secret, derivation.named("0"));
  for (let i = 1; i <= 100; i++) signingKey(secret, derivation.named(String(i)));
  const again = signingKey(secret, derivation.named("0"));
  expect(again).not.toBe(first);
  expect(again.equals(first)).toBe(true);
});
