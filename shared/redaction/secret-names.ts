import { maxStart, shortest } from "./secrets.ts";

const likeASecret =
  "passw(?:ord|d)?|secret|token|credential|api[_-]?key|access[_-]?key|authorization|pwd|passphrase|private[_-]?key|session[_-]?key|cookie";
const secretName = new RegExp(likeASecret, "i");

/** The name of a secret is none. */
export const isSecret = (name: string): boolean => name !== "secretRef" && secretName.test(name);

/** What is in base64 cannot be read where it is broken: it counts as a secret. */
const nameInText = new RegExp(`(?<![\\w-])secretRef(?![\\w-])|${likeASecret}|data_base64`, "gi");
/** That a value follows after a name, whatever is left of the name and its quotes. */
const sign = /[\w.$-]{0,64}(?:[\s"'`]|%22|&quot;)*(?:[:=>]|%3[AD]|&gt;)/iy;

const opening = /[\s"'`:=>[{(]*/y;

/** Where each name of a secret ends. In prose it counts only with the sign that a value follows, and a value. */
export function* secretNamesIn(plain: string, isProse: boolean): Generator<number> {
  for (const { 0: name, index } of plain.matchAll(nameInText)) {
    const end = index + name.length;
    if (name !== "secretRef" && (!isProse || hasValue(plain, end))) yield end;
  }
}

/** The padding of base64 that has such a name in it by chance is none. */
const hasValue = (plain: string, end: number): boolean => {
  const signed = endOf(sign, plain, end);
  return signed > end && endOf(opening, plain, signed) < plain.length;
};

/** The value after a name as far as it is likely to reach, to find it in front of the name too. */
export const likelyValue = (plain: string, end: number): string => {
  const from = endOf(opening, plain, endOf(sign, plain, end));
  const start = plain.slice(from, from + maxStart + 1);
  return /^[^\s"'`&,;<>}\])]{4,}/.exec(start)?.[0] ?? start.slice(0, shortest);
};

const endOf = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
};
