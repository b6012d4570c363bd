/** The body of a message as it may be kept, and whether anything was taken out of it. */
export interface Redacted {
  readonly body: string;
  readonly redacted: boolean;
}

const mark = "[redacted]";
const namedLikeASecret = /passw|secret|token|credential|api[_-]?key|access[_-]?key|authorization/i;
const mostCharacters = 64 * 1024;
/** Shorter values stand in other words by chance. */
const shortestRepeated = 4;

/**
 * Takes out of a body everything that is named like a secret, wherever it stands, in envelopes within strings too, and
 * every repetition of its value elsewhere. A body that cannot be read is kept only as far as it names no secret.
 */
export const redact = (body: string): Redacted => {
  const found = new Set<string>();
  const { text, hidden } = redactJson(body, found) ?? redactText(body);
  const repeated = [...found].filter((value) => value.length >= shortestRepeated);
  const clean = repeated.reduce(withoutValue, text);
  return { body: shortened(clean), redacted: hidden || clean !== text };
};

/** Undefined where the text is no JSON object or list. */
const redactJson = (text: string, found: Set<string>): { text: string; hidden: boolean } | undefined => {
  let hidden = false;
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return walkText(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, inner]) => [
      name,
      isSecret(name) ? hide(inner) : walkNamed(name, inner),
    ]);
    return Object.fromEntries(entries);
  };
  /** An envelope carries its content as text. */
  const walkText = (content: string): string => {
    const inner = redactJson(content, found);
    if (inner?.hidden) hidden = true;
    return inner?.hidden ? inner.text : content;
  };
  const walkNamed = (name: string, inner: unknown): unknown => {
    if (name !== "data_base64" || typeof inner !== "string") return walk(inner);
    const decoded = Buffer.from(inner, "base64").toString();
    const clean = redactJson(decoded, found) ?? redactText(decoded);
    if (clean.hidden) hidden = true;
    return clean.hidden ? Buffer.from(clean.text).toString("base64") : inner;
  };
  const hide = (value: unknown): string => {
    hidden = true;
    for (const leaf of leavesOf(value)) found.add(leaf);
    return mark;
  };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const clean = walk(value);
    return { text: hidden ? JSON.stringify(clean) : text, hidden };
  } catch {
    // Not JSON, or nested deeper than can be walked.
    return undefined;
  }
};

const isSecret = (name: string): boolean => namedLikeASecret.test(name) && name !== "secretRef";

const leavesOf = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
};

/** As it is, and as JSON texts within JSON texts spell it. */
const withoutValue = (text: string, value: string): string => {
  const once = JSON.stringify(value).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [twice, once, value].reduce((clean, spelling) => clean.replaceAll(spelling, mark), text);
};

/** Where a value ends cannot be told in a text that is broken: whatever follows the first such name is left out. */
const redactText = (text: string): { text: string; hidden: boolean } => {
  if (/\\u[0-9a-f]{4}/i.test(text))
    return { text: `[redacted: ${text.length} characters that are not JSON]`, hidden: true };
  const at = text.replaceAll("secretRef", (name) => "-".repeat(name.length)).search(namedLikeASecret);
  return at < 0 ? { text, hidden: false } : { text: text.slice(0, at) + mark, hidden: true };
};

const shortened = (text: string): string =>
  text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}[cut: ${text.length} characters in all]`;
