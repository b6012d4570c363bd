import type { Reply } from "../reply.ts";

type Value = string | number | boolean | object | null | undefined;

/** Turns a reply in JSON into the same one in XML, as `Format=XML` asks for. D: the names of the roots, and one element for each member. */
export const toXml = (reply: Reply, action: string | undefined): Reply => {
  const root = reply.status < 400 && action ? `${action}Response` : "Error";
  return {
    ...reply,
    headers: { "Content-Type": "text/xml;charset=utf-8", ...reply.headers }, // O
    body: `<?xml version="1.0" encoding="UTF-8"?>${element(root, reply.body)}`,
  };
};

const element = (name: string, value: Value): string => `<${name}>${content(value)}</${name}>`;

const content = (value: Value): string =>
  typeof value === "object" && value !== null
    ? Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => element(name, member))
        .join("")
    : toText(String(value ?? ""));

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/** P: XML 1.0 has no way at all to write the control characters and U+FFFE and U+FFFF: they become U+FFFD. */
const toText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>\r]/g, (character) => escapes[character] ?? character);
