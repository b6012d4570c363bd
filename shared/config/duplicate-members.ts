/** What matters for the members of a JSON text: its strings, and where objects and lists begin and end. */
const tokens = /"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g;

/** Returns the names that an object of a valid JSON text gives twice. `JSON.parse` keeps the last of them. */
export const findDuplicateMembers = (json: string): readonly string[] => {
  const duplicates = new Set<string>();
  const open: Set<string>[] = [];
  for (const [token] of json.matchAll(tokens)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":")) {
      const name: string = JSON.parse(token.slice(0, -1));
      const members = open.at(-1);
      if (members?.has(name)) duplicates.add(name);
      members?.add(name);
    }
  }
  return [...duplicates];
};
