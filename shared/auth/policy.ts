import type { Policy } from "../domain/principal.ts";

export type PermissionVerdict = "allowed" | "implicitly-denied" | "explicitly-denied";

/** What is to be permitted. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly owner: string;
  /** The documented API that is asked; absent where it is our own. */
  readonly operation?: string | undefined;
  /** The name of a kept secret that the request uses. */
  readonly secretRef?: string | undefined;
}

/** Deny wins over allow, and what no policy allows is denied. */
export const evaluate = (policies: readonly Policy[], permission: Permission): PermissionVerdict => {
  const matchesPolicy = (policy: Policy) =>
    isAbout(policy, permission) && policy.resources.some((pattern) => matches(pattern, permission.resource));
  if (policies.some((policy) => policy.effect === "deny" && matchesPolicy(policy))) return "explicitly-denied";
  return policies.some(matchesPolicy) ? "allowed" : "implicitly-denied";
};

/** Everything but the resource. */
const isAbout = (
  { effect, actions, operations, projects, secretRefs }: Policy,
  { action, owner, operation, secretRef }: Permission,
): boolean =>
  matchesAny(actions, action) &&
  (projects === undefined || projects.includes(owner)) &&
  (operations === undefined || (operation !== undefined && matchesAny(operations, operation))) &&
  (secretRefs === undefined || (secretRef === undefined ? effect === "allow" : matchesAny(secretRefs, secretRef)));

const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matches(pattern, text));

/**
 * The same for a resource of which a part is not known yet: the `*` in it. `depends` where some policy speaks of some of
 * what it may turn out to be, and not of all.
 */
export const foresee = (policies: readonly Policy[], permission: Permission): PermissionVerdict | "depends" => {
  const { resource } = permission;
  const relevant = policies.filter((policy) => isAbout(policy, permission));
  // A pattern that matches the star itself has one there, or ends before.
  const isOfAll = ({ resources }: Policy) => resources.some((pattern) => matches(pattern, resource));
  const isOfSome = ({ resources }: Policy) => resources.some((pattern) => intersects(pattern, resource));
  const certain = evaluate(relevant, permission);
  if (certain === "explicitly-denied") return certain;
  const partial = relevant.filter((policy) => isOfSome(policy) && !isOfAll(policy));
  const changes = certain === "allowed" ? "deny" : "allow";
  return partial.some(({ effect }) => effect === changes) ? "depends" : certain;
};

export const mayEver = (policies: readonly Policy[], action: string): boolean =>
  policies.some(({ effect, actions }) => effect === "allow" && matchesAny(actions, action));

/** Whether there is a text that both patterns match. */
export const intersects = (one: string, other: string): boolean => {
  // Each row says of the rest of `one` from a place on whether it meets the rest of `other` from each place on.
  let next = Array.from({ length: other.length + 1 }, (_, j) => isAny(other.slice(j)));
  for (let i = one.length - 1; i >= 0; i--) {
    const row: boolean[] = [];
    for (let j = other.length; j >= 0; j--) {
      const [a, b] = [one[i], other[j]];
      if (a === "*") row[j] = next[j] === true || (b !== undefined && row[j + 1] === true);
      else if (b === "*") row[j] = row[j + 1] === true || next[j] === true;
      else row[j] = a === b && next[j + 1] === true;
    }
    next = row;
  }
  return next[0] === true;
};

const isAny = (pattern: string): boolean => /^\**$/.test(pattern);

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
