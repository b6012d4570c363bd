import { styleText } from "node:util";

type Style = "green" | "red" | "yellow" | "dim" | "bold";

/** Where a command writes: data to the standard output, words to the standard error. */
export interface Terminal {
  readonly columns: number;
  /** Whether somebody looks at it. */
  readonly isLive: boolean;
  style(style: Style, text: string): string;
}

export const terminalOf = (stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal => {
  const isLive = stream.isTTY === true;
  const hasColour = isLive && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    columns: isLive ? stream.columns : Number.POSITIVE_INFINITY,
    isLive,
    style: (style, text) => (hasColour ? styleText(style, text, { validateStream: false }) : text),
  };
};

/** Escape codes and the like in names and reasons must not reach a terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** Columns as wide as what is in them; the last is cut where the terminal ends. */
export const toTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly string[] => {
  const all = [head, ...rows].map((cells) => cells.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) => {
    const line = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
  });
};

/** How long ago, in the largest unit that says something. */
export const toAge = (since: string | null, now: number): string => {
  if (since === null) return "-";
  return toDuration(Math.max(0, now - Date.parse(since)));
};

export const toDuration = (ms: number): string => {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
};
