import type { Policy } from "../domain/principal.ts";

export type PermissionVerdict = "allowed" | "implicitly-denied" | "explicitly-denied";

/** Deny wins over allow, and what no policy allows is denied. */
export const evaluate = (policies: readonly Policy[], action: string, resource: string): PermissionVerdict => {
  const matchesPolicy = ({ actions, resources }: Policy) =>
    actions.some((pattern) => matches(pattern, action)) && resources.some((pattern) => matches(pattern, resource));
  if (policies.some((policy) => policy.effect === "deny" && matchesPolicy(policy))) return "explicitly-denied";
  return policies.some(matchesPolicy) ? "allowed" : "implicitly-denied";
};

export const mayEver = (policies: readonly Policy[], action: string): boolean =>
  policies.some(({ effect, actions }) => effect === "allow" && actions.some((pattern) => matches(pattern, action)));

/** Matches in time linear to the text for each `*`. */
export const matches = (pattern: string, text: string): boolean => {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};
