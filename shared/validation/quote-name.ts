/**
 * A name that a caller gave, as it may be repeated in an answer: whole if an API could have it, else left out, since it
 * may be a secret in the wrong place. Dots lead into an object or list.
 */
export const quoteName = (name: string): string | undefined =>
  /^[A-Za-z_-]{1,32}(\.([A-Za-z_-]{1,32}|\d{1,3}))*$/.test(name) ? name : undefined;
