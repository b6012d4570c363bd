import { RequestRejected } from "./request-error.ts";

const maxDepth = 32;

/**
 * Parses JSON that somebody has sent. Members that are null are left out, which means the same. Refuses text that is not
 * well-formed Unicode, which no store accepts, and what is nested too deep to be meant. `what` says what was parsed.
 */
export const parseJson = (text: string, what: string): unknown => {
  const refuse = (problem: string) => new RequestRejected({ kind: "malformed", detail: `${what} ${problem}` });

  const clean = (value: unknown, depth: number): unknown => {
    if (depth > maxDepth) throw refuse("is nested too deep");
    if (typeof value === "string") return checked(value);
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(members.map(([name, member]) => [checked(name), clean(member, depth + 1)]));
  };

  const checked = (part: string): string => {
    if (!part.isWellFormed()) throw refuse("has text that is not well-formed Unicode");
    return part;
  };

  return clean(parse(text, refuse), 0);
};

/** The parser's own errors repeat what they do not understand. */
const parse = (text: string, refuse: (problem: string) => RequestRejected): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("is not JSON");
  }
};
