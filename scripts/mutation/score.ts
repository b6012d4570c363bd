import type { Folder } from "./folders.ts";
import { changesBelow, type MutationReport, type TestedChange } from "./report.ts";

export interface FolderScore {
  readonly folder: string;
  /** In percent. A folder without changes has 0: nothing was tested. */
  readonly score: number;
  readonly killed: number;
  /** The changes that no test noticed, in the order of the report. */
  readonly survivors: readonly TestedChange[];
}

const killed = new Set(["Killed", "Timeout"]);
const survived = new Set(["Survived", "NoCoverage"]);

/** Counts the changes to a folder. Those that could not be run at all count neither way, as in Stryker's own score. */
export const toFolderScore = (report: MutationReport, { path }: Folder): FolderScore => {
  const changes = changesBelow(report, path);
  const killedCount = changes.filter(({ status }) => killed.has(status)).length;
  const survivors = changes.filter(({ status }) => survived.has(status));
  const total = killedCount + survivors.length;
  return { folder: path, score: total === 0 ? 0 : (100 * killedCount) / total, killed: killedCount, survivors };
};

/** Shows the scores, one line for each folder, rounded down, so that a score below the minimum is never shown as it. */
export const scoreTable = (scores: readonly FolderScore[]): string =>
  [
    row("folder", "score", "killed", "survived"),
    ...scores.map(({ folder, score, killed, survivors }) =>
      row(folder, `${(Math.floor(score * 10) / 10).toFixed(1)} %`, `${killed}`, `${survivors.length}`),
    ),
  ].join("\n");

const row = (folder: string, ...cells: readonly string[]): string =>
  folder.padEnd(30) + cells.map((cell) => cell.padStart(10)).join("");
