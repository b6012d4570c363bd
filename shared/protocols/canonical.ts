const needsEscape = /[^A-Za-z0-9_.~-]/;

/** Percent-encodes all but RFC 3986's unreserved characters. Most texts have no others: seeing that is much faster. */
export const encode = (text: string): string =>
  needsEscape.test(text) ? encodeURIComponent(text).replace(/[!'()*]/g, percentEncode) : text;

const percentEncode = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** `name=value` pairs, encoded, in the order of their names. */
export const canonicalQuery = (parameters: Readonly<Record<string, string>>): string => {
  let pairs = "";
  for (const name of Object.keys(parameters).sort())
    pairs += `${pairs && "&"}${encode(name)}=${encode(parameters[name] ?? "")}`;
  return pairs;
};

/** Control characters, and the white space that no client trims but JavaScript would. */
const unsignable = /(?!\t)\p{Cc}|[^\S\t ]/u;

/** A header's value as clients sign it. Not by a pattern: one that ends with blanks is tried at every blank. */
export const signedValue = (value: string): string => {
  let [from, to] = [0, value.length];
  while (isBlank(value[from])) from++;
  while (to > from && isBlank(value[to - 1])) to--;
  return value.slice(from, to);
};

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** The headers that a client signed, one to a line; undefined when one of them did not arrive, is named twice, or has characters that a client cannot have meant. */
export const canonicalHeaders = (
  names: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  // Each adds a value as long as the headers may be: naming one again and again would cost what it likes.
  if (new Set(names).size !== names.length) return undefined;
  let lines = "";
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value === undefined || unsignable.test(value)) return undefined;
    lines += `${name}:${signedValue(value)}\n`;
  }
  return lines;
};
