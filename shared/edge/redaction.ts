/** The body of a message as it may be kept. */
export interface Redacted {
  readonly body: string;
  /** Whether anything is missing in it: then it cannot be sent again. */
  readonly redacted: boolean;
}

const placeholder = "[redacted]";
const mostBytes = 200_000;
const keptCharacters = 64 * 1024;
/** Texts of JSON within texts of JSON; the envelopes of a message are three. */
const deepest = 16;

/**
 * Takes out of a body every value that is named like a secret, wherever it stands: in envelopes within strings and in
 * base64 too, and every repetition of it elsewhere. Of a body that is not JSON it keeps what stands in front of the
 * first such name, since where a value ends cannot be told in a text that is broken.
 *
 * JSON is edited in place, since parsing it would lose the first of two members of one name without having looked at it.
 * Redacting twice changes nothing more, unless the body was so long that it was cut.
 */
export const redact = (body: string): Redacted => {
  const secrets = new Secrets();
  // The first time is for finding the secrets: one may be repeated in front of the place where it is named.
  clean(body, secrets, { depth: 0, isProse: false });
  const cleaned = cut(clean(body, secrets, { depth: 0, isProse: false }));
  return { body: cleaned, redacted: cleaned !== body || secrets.areMissing };
};

/** What is cut fits into a message of SQS, however its characters are encoded. */
const cut = (text: string): string =>
  Buffer.byteLength(text) <= mostBytes
    ? text
    : `${text.slice(0, keptCharacters).toWellFormed()}[redacted: ${text.length - keptCharacters} more characters]`;

interface Place {
  readonly depth: number;
  /** Whether words of people can stand here, which may speak of a password without giving it. */
  readonly isProse: boolean;
}

const clean = (text: string, secrets: Secrets, { depth, isProse }: Place): string => {
  if (text.includes("[redacted")) secrets.areMissing = true;
  if (isJson(text)) return depth > deepest ? placeholder : cleanJson(text, secrets, depth);
  return cleanText(text, secrets, isProse && !/^\s*(?!\[redacted)["[{<\\]/.test(text));
};

/** Only what can hold a name and a value: texts are not worth a parser's work otherwise. */
const isJson = (text: string): boolean => {
  if (!/^\s*["[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const cleanJson = (json: string, secrets: Secrets, depth: number): string => {
  let kept = "";
  let end = 0;
  for (const { kind, from, to } of partsOf(json, isSecret)) {
    const part = json.slice(from, to);
    if (kind === "secret") collect(part, secrets, depth);
    const cleaned = kind === "secret" ? JSON.stringify(placeholder) : cleanPart(kind, part, secrets, depth);
    if (cleaned === part) continue;
    kept += json.slice(end, from) + cleaned;
    end = to;
  }
  return kept + json.slice(end);
};

const cleanPart = (kind: Part["kind"], part: string, secrets: Secrets, depth: number): string => {
  if (!part.startsWith('"')) return secrets.scrub(part) === part ? part : JSON.stringify(placeholder);
  const text: string = JSON.parse(part);
  const cleaned = kind === "base64" ? cleanBase64(text, secrets, depth) : undefined;
  const result = cleaned ?? clean(text, secrets, { depth: depth + 1, isProse: true });
  return result === text ? part : quote(result);
};

/** As JSON, with escapes for what SQS takes in no message. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );

/** Undefined where there is nothing to take out: what is not text must not be changed by decoding it. */
const cleanBase64 = (encoded: string, secrets: Secrets, depth: number): string | undefined => {
  const decoded = Buffer.from(encoded, "base64").toString();
  const cleaned = clean(decoded, secrets, { depth: depth + 1, isProse: false });
  return cleaned === decoded ? undefined : Buffer.from(cleaned).toString("base64");
};

/** All that a secret value consists of; `true`, `false` and `null` tell nothing. */
const collect = (json: string, secrets: Secrets, depth: number): void => {
  for (const { kind, from, to } of partsOf(json, () => false)) {
    const part = json.slice(from, to);
    if (kind === "name" || /^[tfn]/.test(part)) continue;
    const text: string = part.startsWith('"') ? JSON.parse(part) : part;
    secrets.add(text);
    if (depth < deepest && isJson(text)) collect(text, secrets, depth + 1);
  }
};

const likeASecret =
  "passw(?:ord|d)?|secret|token|credential|api[_-]?key|access[_-]?key|authorization|pwd|passphrase|private[_-]?key|session[_-]?key|cookie";
const secretName = new RegExp(likeASecret, "i");

/** The name of a password is no secret. */
const isSecret = (name: string): boolean => name !== "secretRef" && secretName.test(name);

interface Part {
  readonly kind: "name" | "value" | "base64" | "secret";
  readonly from: number;
  readonly to: number;
}

/**
 * The names and the plain values of a valid JSON text, and as one part whatever stands under a name that is hidden.
 * Without recursion, and without looking at a character more than a few times: a body can be as deep as it is long.
 */
function* partsOf(json: string, hides: (name: string) => boolean): Generator<Part> {
  for (let at = 0; at < json.length; ) {
    if (/[\s,{}[\]]/.test(json.charAt(at))) {
      at++;
      continue;
    }
    const to = endOfValue(json, at);
    const colon = solid(json, to);
    if (json[colon] !== ":") {
      yield { kind: "value", from: at, to };
      at = to;
      continue;
    }
    yield { kind: "name", from: at, to };
    const name: string = JSON.parse(json.slice(at, to));
    at = solid(json, colon + 1);
    const kind = hides(name) ? "secret" : name === "data_base64" && json[at] === '"' ? "base64" : undefined;
    if (kind === undefined) continue;
    const end = endOfValue(json, at);
    yield { kind, from: at, to: end };
    at = end;
  }
}

/** Where the next character is that is no white space. */
const solid = (json: string, from: number): number => {
  let at = from;
  while (/\s/.test(json.charAt(at))) at++;
  return at;
};

const endOfValue = (json: string, from: number): number => {
  let at = from;
  let open = 0;
  do {
    const char = json.charAt(at);
    if (char === '"') at = endOfString(json, at);
    else if (/[[\]{}\s,:]/.test(char)) {
      if (char === "{" || char === "[") open++;
      if (char === "}" || char === "]") open--;
      at++;
    } else while (/[^[\]{}\s,:]/.test(json.charAt(at))) at++;
  } while (open > 0);
  return at;
};

const endOfString = (json: string, from: number): number => {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
};

/**
 * Of a text that is not JSON, what stands in front of the first secret. Backslashes are left out of what is kept: so a
 * name or a repetition is found however often it was escaped. Escapes of characters could hide either: none is kept.
 */
const cleanText = (text: string, secrets: Secrets, isProse: boolean): string => {
  if (/\\[ux][{\da-f]/i.test(text)) return `[redacted: ${Buffer.byteLength(text)} bytes that are not JSON]`;
  const plain = text.replaceAll("\\", "");
  const ends = [...secretNamesIn(plain, isProse)];
  for (const end of ends) secrets.add(likelyValue(plain, end));
  return ends[0] === undefined ? secrets.scrub(text) : secrets.scrub(plain.slice(0, ends[0])) + placeholder;
};

/** What is in base64 cannot be read where it is broken: it counts as a secret. */
const nameInText = new RegExp(`(?<![\\w-])secretRef(?![\\w-])|${likeASecret}|data_base64`, "gi");
/** That a value follows after a name, whatever is left of the name and its quotes. */
const sign = /[\w.$-]{0,64}(?:[\s"'`]|%22|&quot;)*(?:[:=>]|%3[AD]|&gt;)/iy;

const opening = /[\s"'`:=>[{(]*/y;

/** Where each name of a secret ends. In prose it counts only with the sign that a value follows, and a value. */
function* secretNamesIn(plain: string, isProse: boolean): Generator<number> {
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
const likelyValue = (plain: string, end: number): string => {
  const from = endOf(opening, plain, endOf(sign, plain, end));
  const start = plain.slice(from, from + longestStart + 1);
  return /^[^\s"'`&,;<>}\])]{4,}/.exec(start)?.[0] ?? start.slice(0, shortest);
};

const endOf = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
};

/** Shorter values stand in other words by chance. */
const shortest = 4;
const longestStart = 16;

/**
 * What must not be kept, by its first characters only: so that a text is searched in a time that depends on its length
 * and not on how many secrets there are and how alike.
 */
class Secrets {
  /** Whether some were taken out before, which base64 can conceal. */
  areMissing = false;
  /** Whether a secret that starts so goes on after it. */
  readonly #starts = new Map<string, boolean>();
  readonly #heads = new Set<string>();
  #lengths: readonly number[] = [];

  add(value: string): void {
    const text = value.trim().slice(0, longestStart + 1);
    if (text.length < shortest || text === placeholder || text === "redacted") return;
    for (const spelling of spellings(text)) {
      const start = spelling.slice(0, longestStart);
      this.#starts.set(start, spelling.length > longestStart || this.#starts.get(start) === true);
      this.#heads.add(start.slice(0, shortest));
      if (!this.#lengths.includes(start.length)) this.#lengths = [...this.#lengths, start.length].sort((a, b) => b - a);
    }
  }

  /** Without any secret; without whatever follows a long one, since only its start is known. */
  scrub(text: string): string {
    let kept = "";
    let end = 0;
    for (let at = 0; at + shortest <= text.length; ) {
      const length = this.#heads.has(text.slice(at, at + shortest)) ? this.#lengthAt(text, at) : 0;
      if (length > 0) {
        kept += text.slice(end, at) + placeholder;
        end = at + length;
      }
      at += Math.max(length, 1);
    }
    return kept + text.slice(end);
  }

  #lengthAt(text: string, at: number): number {
    const length = this.#lengths.find((each) => this.#starts.has(text.slice(at, at + each)));
    if (length === undefined) return 0;
    return this.#starts.get(text.slice(at, at + length)) ? text.length - at : length;
  }
}

/** As it is, and as other texts spell it: JSON within JSON, URLs, and texts without their backslashes. */
const spellings = (text: string): ReadonlySet<string> => {
  const once = JSON.stringify(text).slice(1, -1);
  const plain = text.replaceAll("\\", "");
  const all = [text, once, JSON.stringify(once).slice(1, -1), encodeURIComponent(text.toWellFormed()), plain];
  return new Set(all.filter(({ length }) => length >= shortest));
};
