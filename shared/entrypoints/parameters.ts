import { quoteName } from "../validation/quote-name.ts";
import { RequestRejected } from "../validation/request-error.ts";

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
    if (key in parameters)
      throw new RequestRejected({
        kind: "malformed",
        detail: `parameter ${quoteName(key) ?? "of that name"} is given twice`,
      });
    parameters[key] = decode(value);
  }
  return parameters;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new RequestRejected({ kind: "malformed", detail: "a parameter is not percent-encoded UTF-8" });
  }
};

/** The SDKs send what was left out as empty text: to these APIs that is the same. */
export const withoutEmpty = (parameters: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
