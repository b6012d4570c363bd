import type { Fields, Message } from "./signer.ts";

type Change = (message: Message) => Message;

/** Of a value, which is undefined where there was none. To undefined means that it is left out. */
type Edit = (value: string) => string | undefined;

const edited = (fields: Fields, name: string, edit: Edit): Fields => {
  const { [name]: value = "", ...others } = fields;
  const changed = edit(value);
  return changed === undefined ? others : { ...others, [name]: changed };
};

const as = (value: string | undefined | Edit): Edit => (typeof value === "function" ? value : () => value);

export const header =
  (name: string, value: string | undefined | Edit): Change =>
  (message) => ({ ...message, headers: edited(message.headers, name, as(value)) });

export const query =
  (name: string, value: string | undefined | Edit): Change =>
  (message) => ({ ...message, query: edited(message.query, name, as(value)) });

export const form =
  (name: string, value: string | undefined | Edit): Change =>
  (message) => ({ ...message, form: edited(message.form ?? {}, name, as(value)) });

export const body =
  (text: string): Change =>
  ({ form: _, ...message }) => ({ ...message, body: text });

export const method =
  (name: string): Change =>
  (message) => ({ ...message, method: name });

export const path =
  (edit: (path: string) => string): Change =>
  (message) => ({ ...message, path: edit(message.path) });

export const all =
  (...changes: readonly Change[]): Change =>
  (message) =>
    changes.reduce((changed, change) => change(changed), message);

/** A header that is there twice: API Gateway joins the values by a comma. */
export const twice =
  (name: string): Change =>
  (message) => ({ ...message, headers: { ...message.headers, [name.toUpperCase()]: message.headers[name] ?? "" } });

export const authorization = (edit: Edit): Change => header("Authorization", edit);

/** The last character of a text becomes another one of the same kind. */
export const lastChanged = (text: string): string => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");

/** A word in two ways of writing it in Unicode, which look the same. */
export const composed = "caf\u00e9";
export const decomposed = "cafe\u0301";
