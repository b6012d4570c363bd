import { contentOf } from "./known-members.ts";
import { isPlain, isSecretName, placeholder } from "./plain-text.ts";

export interface Redacted {
  readonly body: string;
  /** Whether something is missing in it that the cancel may need: then it cannot be sent again. */
  readonly redacted: boolean;
}

/** Longer ones are refused anyway. */
const maxCharacters = 200_000;
/** Texts of JSON within texts of JSON; the envelopes of a message are three. */
const deepest = 16;

type Members = Readonly<Record<string, unknown>>;

/**
 * Keeps of a message the members that it is known to have and that are no secrets, and of these the values that are plain
 * texts. Everything else may be a secret, however it is named or spelled, and is not kept: of another member its name
 * remains where that one is a plain word. A body that is no message is not kept at all. Redacting twice changes nothing
 * more.
 */
export const redact = (body: string): Redacted => {
  if (body === "" || isNote(body)) return { body, redacted: body !== "" };
  const content = body.length > maxCharacters ? undefined : parse(body);
  if (content === undefined) return { body: noteOf(body), redacted: true };
  if (!isMembers(content)) return { body: JSON.stringify(noteOf(body)), redacted: true };
  const kept = new Keeper(secretsIn(content)).keep(content, 0);
  return { body: JSON.stringify(kept.members), redacted: kept.isIncomplete };
};

const noteOf = (body: string): string => `[redacted: ${Buffer.byteLength(body)} bytes that are no message]`;
const isNote = (body: string): boolean => /^("?)\[redacted: \d+ bytes that are no message\]\1$/.test(body);

interface Kept {
  readonly members: Members;
  readonly isIncomplete: boolean;
}

class Keeper {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  keep(given: Members, depth: number): Kept {
    // Without a prototype, which a member could be called.
    const members: Record<string, unknown> = Object.create(null);
    let isIncomplete = false;
    for (const [name, value] of Object.entries(given)) {
      const content = contentOf(name);
      if (content === "ignored" || value === null) continue;
      const kept = content === undefined ? undefined : this.#valueOf(content, value, depth);
      const left = content === undefined && !isWord(name) ? placeholder : name;
      members[left] = kept?.value ?? placeholder;
      isIncomplete ||= kept?.isIncomplete ?? true;
    }
    return { members, isIncomplete };
  }

  /** Undefined where nothing of it can be kept. */
  #valueOf(content: string, value: unknown, depth: number): { value: unknown; isIncomplete: boolean } | undefined {
    if (content === "members") return this.#within(value, depth, (members) => members);
    if (content === "texts")
      return Array.isArray(value) && value.every((each) => this.#isPlain(each))
        ? { value, isIncomplete: false }
        : undefined;
    if (typeof value !== "string") return undefined;
    if (content === "json") return this.#within(parse(value), depth, (members) => JSON.stringify(members));
    if (content === "base64")
      return this.#within(parse(Buffer.from(value, "base64").toString()), depth, (members) =>
        Buffer.from(JSON.stringify(members)).toString("base64"),
      );
    // The name of a secret may say what it is.
    if (content === "name")
      return /^[A-Za-z0-9][\w/+=.@-]{0,255}$/.test(value) ? { value, isIncomplete: false } : undefined;
    return value === placeholder || !this.#isPlain(value) ? undefined : { value, isIncomplete: false };
  }

  #within(value: unknown, depth: number, write: (members: Members) => unknown) {
    if (!isMembers(value) || depth >= deepest) return undefined;
    const { members, isIncomplete } = this.keep(value, depth + 1);
    return { value: write(members), isIncomplete };
  }

  #isPlain(value: unknown): boolean {
    return typeof value === "string" && isPlain(value, this.#secrets);
  }
}

/** A name that an API could have. Others may be secrets in the wrong place. */
const isWord = (name: string): boolean => /^[A-Za-z_-]{1,32}$/.test(name);

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Shorter values stand in other words by chance. */
const shortest = 4;
const mostSecrets = 1000;

/** The texts and numbers under names of secrets, wherever these stand, so that they are not kept elsewhere either. */
const secretsIn = (content: Members): readonly string[] => {
  const found: string[] = [];
  const open: { readonly value: unknown; readonly isSecret: boolean }[] = [{ value: content, isSecret: false }];
  for (let at = open.pop(); at !== undefined && found.length < mostSecrets; at = open.pop()) {
    const { value, isSecret } = at;
    if (typeof value === "object" && value !== null)
      for (const [name, member] of Object.entries(value))
        open.push({ value: member, isSecret: isSecret || (name !== "secretRef" && isSecretName(name)) });
    else if (typeof value === "string" && isMembers(parse(value))) open.push({ value: parse(value), isSecret });
    else if (isSecret && (typeof value === "string" || typeof value === "number")) found.push(String(value).trim());
  }
  return found.filter(({ length }) => length >= shortest);
};
