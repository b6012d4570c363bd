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

/** The headers that a client signed, one to a line; undefined when one of them did not arrive. */
export const canonicalHeaders = (
  names: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  let lines = "";
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value === undefined) return undefined;
    lines += `${name}:${value.trim()}\n`;
  }
  return lines;
};
