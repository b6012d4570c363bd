import { type Part, toProblemParts } from "./json-parts.ts";
import { isSecret, likelyValue, secretNamesIn } from "./secret-names.ts";
import { placeholder, Secrets } from "./secrets.ts";

export interface Redacted {
  readonly body: string;
  /** Whether anything is missing in it: then it cannot be sent again. */
  readonly redacted: boolean;
}

const maxBytes = 200_000;
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
  const cleaned = cut(cleanAgain(body, secrets));
  return { body: cleaned, redacted: cleaned !== body || secrets.areMissing };
};

const maxTurns = 4;

/** Until nothing more changes: what is taken out of a text may leave the name of a secret where none was. */
const cleanAgain = (body: string, secrets: Secrets): string => {
  let cleaned = body;
  for (let turn = 0; turn < maxTurns; turn++) {
    const before = cleaned;
    cleaned = clean(before, secrets, { depth: 0, isProse: false });
    if (cleaned === before) break;
  }
  return cleaned;
};

/** What is cut fits into a message of SQS, however its characters are encoded. */
const cut = (text: string): string =>
  Buffer.byteLength(text) <= maxBytes
    ? text
    : `${text.slice(0, keptCharacters).toWellFormed()}[redacted: ${text.length - keptCharacters} more characters]`;

interface Place {
  readonly depth: number;
  /** Whether words of people can stand here, which may speak of a secret without giving it. */
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
  for (const { kind, from, to } of toProblemParts(json, isSecret)) {
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
  for (const { kind, from, to } of toProblemParts(json, () => false)) {
    const part = json.slice(from, to);
    if (kind === "name" || /^[tfn]/.test(part)) continue;
    const text: string = part.startsWith('"') ? JSON.parse(part) : part;
    secrets.add(text);
    if (depth < deepest && isJson(text)) collect(text, secrets, depth + 1);
  }
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
