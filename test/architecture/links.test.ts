import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { brokenLinks } from "./links.ts";

const root = path.join(import.meta.dirname, "../..");

const generated = ["node_modules", "dist", "coverage"];

const files = globSync(["**/*.md", ".github/**/*.md", ".changeset/*.md"], {
  cwd: root,
  exclude: (name) => name.split(/[\\/]/).some((part) => generated.includes(part)),
});
const pages = new Map(
  files.map((file) => [file.replaceAll(path.sep, "/"), readFileSync(path.join(root, file), "utf8")]),
);

test("each threat names a test that stands against it", () => {
  const page = readFileSync(path.join(root, "docs/security.md"), "utf8");
  const rows = [...page.matchAll(/^\| (?!threat|---)(.+) \|$/gm)].map(([, row = ""]) => row);
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((row) => !/\]\(\.\.\/test\/[\w/-]+\.test\.ts\)/.test(row))).toEqual([]);
});

test("every relative link in the documentation leads to a file, and to a heading of it", () => {
  expect(pages.size).toBeGreaterThan(30);
  expect(brokenLinks(pages, (file) => existsSync(path.join(root, file)))).toEqual([]);
});

test.each([
  ["a file that is not there", "[x](gone.md)", "gone.md leads nowhere"],
  ["an image that is not there", "![a picture](../gone.svg)", "../gone.svg leads nowhere"],
  ["a definition", "[x][1]\n\n[1]: gone.md", "gone.md leads nowhere"],
  ["HTML", '<img src="gone.png">', "gone.png leads nowhere"],
  ["an image that is a link", "[![badge](page.md)](gone.md)", "gone.md leads nowhere"],
  ["a heading of another page", "[x](page.md#gone)", "page.md#gone has no such heading"],
  ["a heading of this page", "# Here\n\n[x](#there)", "#there has no such heading"],
  ["a place outside", "[x](../../etc/hosts)", "../../etc/hosts leads out of the repository"],
  ["an absolute path", "[x](/page.md)", "/page.md leads out of the repository"],
])("a link to %s is found", (_, text, fault) => {
  const all = new Map([
    ["docs/links.md", text],
    ["docs/page.md", "# Page"],
  ]);
  expect(brokenLinks(all, (file) => all.has(file))).toEqual([`docs/links.md: ${fault}`]);
});

test.each([
  ["a page", "[x](page.md)"],
  ["a heading", "[x](page.md#how-sure-it-is-in-code)"],
  ["the second heading of that name", "[x](page.md#again-1)"],
  ["the web", "[x](https://example.com/gone.md) [y](mailto:a@example.com)"],
  ["nothing, in code", "`[x](gone.md)`\n\n```md\n[x](gone.md)\n```"],
])("a link to %s is accepted", (_, text) => {
  const all = new Map([
    ["docs/links.md", text],
    ["docs/page.md", "# Page\n\n## How sure it is, in `code`\n\n## Again\n\n## Again"],
  ]);
  expect(brokenLinks(all, (file) => all.has(file))).toEqual([]);
});
