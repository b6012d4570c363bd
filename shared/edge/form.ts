import { Refusal } from "../validation/failure.ts";

/**
 * Parameters of a query string or a form, merged. Stricter than `URLSearchParams`, which repairs silently: a bad
 * escape, bytes that are not UTF-8 and a parameter given twice are refused, since any repair could cancel another job.
 */
export const readParameters = (...encoded: readonly string[]): Readonly<Record<string, string>> => {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of encoded.flatMap((part) => part.split("&"))) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const key = decode(name);
    if (key in parameters) throw new Refusal({ kind: "malformed", detail: `${quote(key)} is given twice` });
    parameters[key] = decode(value);
  }
  return parameters;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Refusal({ kind: "malformed", detail: "a parameter is not percent-encoded UTF-8" });
  }
};

/** A name is echoed only when it is one that an API could have: anything else may be a secret in the wrong place. */
const quote = (name: string): string => (/^[A-Za-z_-]{1,32}$/.test(name) ? `parameter "${name}"` : "a parameter");
