import path from "node:path";
import type { Sources } from "./sources.ts";

interface Link {
  readonly from: string;
  readonly target: string;
}

const withoutFences = (markdown: string): string => markdown.replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2`*\s*$/gm, "");

/** Code shows links and follows none. */
const withoutCode = (markdown: string): string => withoutFences(markdown).replaceAll(/(`+)[^`]+?\1/g, "");

const inText = /!?\[(?:[^\][]|\[[^\]]*\])*\]\(\s*<?([^\s)>]+)>?[^)]*\)/g;
const inBadge = /\]\(\s*<?([^\s)>]+)>?[^)]*\)/g;
const inDefinition = /^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm;
const inHtml = /\b(?:href|src)="([^"]+)"/g;

const linksIn = ([from, markdown]: readonly [string, string]): readonly Link[] => {
  const text = withoutCode(markdown);
  const targets = [inText, inBadge, inDefinition, inHtml].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, target = ""]) => target),
  );
  return [...new Set(targets)].map((target) => ({ from, target }));
};

const isRelative = ({ target }: Link): boolean => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target);

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (markdown: string): ReadonlySet<string> => {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutFences(markdown).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const anchor = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let numbered = anchor;
    for (let count = 1; anchors.has(numbered); count++) numbered = `${anchor}-${count}`;
    anchors.add(numbered);
  }
  return anchors;
};

const faultOf = ({ from, target }: Link, pages: Sources, exists: (file: string) => boolean): string | undefined => {
  const [name = "", anchor] = decodeURI(target).split("#");
  const file = name === "" ? from : path.posix.join(path.posix.dirname(from), name);
  if (name.startsWith("/") || file.startsWith("../")) return "leads out of the repository";
  if (!exists(file)) return "leads nowhere";
  const page = pages.get(file);
  if (anchor !== undefined && page !== undefined && !anchorsOf(page).has(anchor)) return "has no such heading";
  return undefined;
};

/** One line for each relative link in Markdown that leads to no file, or to no heading of one. */
export const brokenLinks = (pages: Sources, exists: (file: string) => boolean): string[] =>
  [...pages]
    .flatMap(linksIn)
    .filter(isRelative)
    .flatMap((link) => {
      const fault = faultOf(link, pages, exists);
      return fault === undefined ? [] : [`${link.from}: ${link.target} ${fault}`];
    });
