/** Clients name some ten headers. */
export const maxAuthorization = 4096;

const needsEscape = /[^A-Za-z0-9_.~-]/;

/** Percent-encodes all but RFC 3986's unreserved characters. Most texts have no others: seeing that is much faster. */
export const encode = (text: string): string => (needsEscape.test(text) ? encodeMarks(encodeURIComponent(text)) : text);

/** What JavaScript leaves alone. One pass each is ten times as fast as a function that is called for each. */
const encodeMarks = (text: string): string =>
  text
    .replaceAll("!", "%21")
    .replaceAll("'", "%27")
    .replaceAll("(", "%28")
    .replaceAll(")", "%29")
    .replaceAll("*", "%2A");

/** `name=value` pairs, encoded, in the order of their names. */
export const canonicalQuery = (parameters: Readonly<Record<string, string>>): string => {
  let pairs = "";
  for (const name of Object.keys(parameters).sort())
    pairs += `${pairs && "&"}${encode(name)}=${encode(parameters[name] ?? "")}`;
  return pairs;
};

/** Control characters, and the white space that no client trims but JavaScript would. */
const unsignable = /(?!\t)\p{Cc}|[^\S\t ]/u;
/** Seen ten times as fast. */
const usual = /^[\t\x20-\x7e]*$/;

/** A header's value as clients sign it. Not by a pattern: one that ends with blanks is tried at every blank. */
export const signedValue = (value: string): string => {
  let [from, to] = [0, value.length];
  while (isBlank(value[from])) from++;
  while (to > from && isBlank(value[to - 1])) to--;
  return value.slice(from, to);
};

const isSignable = (value: string): boolean => usual.test(value) || !unsignable.test(value);

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** The headers that a client signed, one to a line; undefined when one of them did not arrive, is named twice, or has characters that a client cannot have meant. */
export const canonicalHeaders = (
  names: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const seen = new Set<string>();
  let lines = "";
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    // Each adds a value as long as headers may be: naming one again and again would cost as much as one likes.
    if (value === undefined || seen.has(name) || !isSignable(value)) return undefined;
    seen.add(name);
    lines += `${name}:${signedValue(value)}\n`;
  }
  return lines;
};
