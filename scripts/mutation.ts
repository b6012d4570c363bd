/**
 * `npm run test:mutation [-- folder…]`: changes the code in small ways and sees whether a test fails each time. Prints a
 * score per folder. Fails when one of them is below `thresholds.low` of stryker.config.json, and when what survived is not
 * what docs/operations/mutation.md gives reasons for.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { selectFolders, toFolders } from "./mutation/folders.ts";
import { checkList, listedIn } from "./mutation/listed.ts";
import type { MutationReport } from "./mutation/report.ts";
import { scoreTable, toFolderScore } from "./mutation/score.ts";

const root = path.join(import.meta.dirname, "..");
const reasons = "docs/operations/mutation.md";
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

interface StrykerConfig {
  readonly mutate: readonly string[];
  readonly thresholds: { readonly low: number };
  readonly jsonReporter: { readonly fileName: string };
}

const { mutate, thresholds, jsonReporter }: StrykerConfig = JSON.parse(read("stryker.config.json"));
const folders = selectFolders(toFolders(mutate), process.argv.slice(2));

// A report of an earlier run must not be taken for this one's.
rmSync(path.join(root, jsonReporter.fileName), { force: true });
const { status, error } = spawnSync(
  path.join(root, "node_modules/.bin/stryker"),
  ["run", "--mutate", folders.map(({ pattern }) => pattern).join(",")],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
);
if (error) throw error;
if (status !== 0) throw new Error(`stryker ended with status ${status}`);

const report: MutationReport = JSON.parse(read(jsonReporter.fileName));
const scores = folders.map((folder) => toFolderScore(report, folder));
const survivors = scores.flatMap((score) => score.survivors);
const { unlisted, outdated } = checkList(survivors, listedIn(read(reasons)), folders);
const low = scores.filter(({ score }) => score < thresholds.low);

const print = (title: string, lines: readonly string[]): void => {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.join("\n")}`);
};
print(
  `survived, and not listed in ${reasons}`,
  unlisted.map(({ name, line }) => `${name} (line ${line})`),
);
print(`listed in ${reasons}, and killed or gone`, outdated);
print(
  `below ${thresholds.low} %`,
  low.map(({ folder }) => folder),
);
console.log(`\n${scoreTable(scores)}`);
process.exitCode = low.length + unlisted.length + outdated.length > 0 ? 1 : 0;
