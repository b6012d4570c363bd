/** Percent-encodes all but RFC 3986's unreserved characters. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** `name=value` pairs, encoded, in the order of their names. */
export const canonicalQuery = (parameters: Readonly<Record<string, string>>): string =>
  Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name] ?? "")}`)
    .join("&");

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
