import { now } from "../stack/jobs.ts";
import { type Case, keys } from "./signed-world.ts";
import { all, authorization, composed, decomposed, header, lastChanged, query, twice } from "./tamper.ts";

/** What is done to a signed request, and what comes of it. */
interface SignatureCases {
  readonly refused: readonly Case[];
  readonly accepted: readonly Omit<Case, "outcome">[];
}

const minute = 60_000;

/** Holds for a signature of every scheme. */
export const everySignature: SignatureCases = {
  refused: [
    { name: "unknown key", signing: { key: keys.unknown }, outcome: "unknown key" },
    { name: "wrong secret", signing: { key: { ...keys.good, secret: "guessed" } }, outcome: "mismatch" },
    { name: "expired key", signing: { key: keys.expired }, outcome: "unknown key" },
    { name: "key kept to other triggers", signing: { key: keys.barred }, outcome: "unknown key" },
    { name: "key of another project", signing: { key: keys.ofAnotherProject }, outcome: "forbidden" },
    { name: "stale", signing: { at: now - 15 * minute - 1000 }, outcome: "expired" },
    { name: "from the future", signing: { at: now + 15 * minute + 1000 }, outcome: "expired" },
    { name: "no token", signing: { key: { ...keys.temporary, token: "" } }, outcome: "wrong security token" },
    { name: "wrong token", signing: { key: { ...keys.temporary, token: "wrong" } }, outcome: "wrong security token" },
    { name: "parameter added", arrives: query("Force", "true"), outcome: "mismatch" },
    { name: "parameter removed", arrives: query("Filler", undefined), outcome: "mismatch" },
    { name: "parameter encoded twice", url: (url) => url.replace("a%20b", "a%2520b"), outcome: "mismatch" },
    { name: "parameter twice", url: (url) => `${url}&Filler=a%20b`, outcome: "unreadable" },
    { name: "empty value filled", asks: query("Filler", ""), arrives: query("Filler", "x"), outcome: "mismatch" },
    {
      name: "empty value removed",
      asks: query("Filler", ""),
      arrives: query("Filler", undefined),
      outcome: "mismatch",
    },
    { name: "value emptied", arrives: query("Filler", ""), outcome: "mismatch" },
  ],
  accepted: [
    { name: "the usual request" },
    { name: "almost stale", signing: { at: now - 15 * minute } },
    { name: "almost from the future", signing: { at: now + 15 * minute } },
    { name: "key of this project", signing: { key: keys.ofThisProject } },
    { name: "key that expires in a moment", signing: { key: keys.lasting } },
    { name: "spaces in the query as +", url: (url) => url.replace("a%20b", "a+b") },
    { name: "reserved characters", asks: query("Filler", "!'()*~+/=&%25") },
  ],
};

/** Holds for every scheme whose signature is in the header Authorization. */
export const headerSignature: SignatureCases = {
  refused: [
    { name: "no signature", arrives: header("Authorization", undefined), outcome: "missing" },
    { name: "the id of another key", arrives: authorization((a) => a.replace("good", "other")), outcome: "mismatch" },
    { name: "other host", arrives: header("host", "elsewhere.test"), outcome: "mismatch" },
    {
      name: "other normalization form of unicode",
      asks: query("Filler", composed),
      arrives: query("Filler", decomposed),
      outcome: "mismatch",
    },
    { name: "signature changed", arrives: authorization(lastChanged), outcome: "mismatch" },
    { name: "signature cut short", arrives: authorization((a) => a.slice(0, -2)), outcome: "malformed" },
    { name: "signature longer", arrives: authorization((a) => `${a}00`), outcome: "malformed" },
    {
      name: "signature in upper case",
      arrives: authorization((a) =>
        a.replace(/Signature=.*/, (part) => part.replace(/[a-f]/g, (c) => c.toUpperCase())),
      ),
      outcome: "malformed",
    },
    { name: "signature not hex", arrives: authorization((a) => `${a.slice(0, -1)}g`), outcome: "malformed" },
    { name: "Authorization twice", arrives: twice("Authorization"), outcome: "malformed" },
  ],
  accepted: [
    { name: "temporary key with its signed token", signing: { key: keys.temporary } },
    {
      name: "unsigned headers beside",
      arrives: all(header("X-Forwarded-For", "192.0.2.7"), header("via", "1.1 proxy")),
    },
    { name: "empty value", asks: query("Filler", "") },
  ],
};
