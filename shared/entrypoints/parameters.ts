import { quoteName } from "../validation/quote-name.ts";
import { RequestRejected } from "../validation/request-error.ts";

const maxParameters = 100;

/** Reads and merges parameters of query strings and forms. Refuses what `URLSearchParams` would repair, since a repair could cancel another job. */
export const readParameters = (...encoded: readonly string[]): Readonly<Record<string, string>> => {
  const parameters: Record<string, string> = Object.create(null);
  if (haveMoreThan(maxParameters, encoded))
    throw new RequestRejected({ kind: "malformed", detail: `there are more than ${maxParameters} parameters` });
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

/** Does not look beyond what it takes to know. */
const haveMoreThan = (most: number, parts: readonly string[]): boolean => {
  let count = 0;
  for (const part of parts) {
    if (part !== "") count++;
    for (let at = part.indexOf("&"); at >= 0 && count <= most; at = part.indexOf("&", at + 1)) count++;
  }
  return count > most;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new RequestRejected({ kind: "malformed", detail: "a parameter is not percent-encoded UTF-8" });
  }
};

/** The SDKs send parameters that were left out as empty text. */
export const withoutEmpty = (parameters: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
