import type { Folder } from "./folders.ts";
import type { TestedChange } from "./report.ts";

/** Reads the names of the survivors that a page in Markdown gives reasons for: the lines of its code blocks. */
export const listedIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.split("\n").filter(Boolean));

export interface ListCheck {
  /** Survivors that the page does not have. */
  readonly unlisted: readonly TestedChange[];
  /** Names on the page, in one of the folders, of what does not survive. */
  readonly outdated: readonly string[];
}

/** Compares survivors with those that are listed. A name that is listed once stands for one survivor. */
export const checkList = (
  survivors: readonly TestedChange[],
  listed: readonly string[],
  folders: readonly Folder[],
): ListCheck => {
  const left = listed.filter((name) => folders.some(({ path }) => name.startsWith(`${path}/`)));
  const unlisted = survivors.filter(({ name }) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { unlisted, outdated: left };
};
