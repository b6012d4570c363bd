/** What is read of a report in the mutation testing report schema. */
export interface MutationReport {
  /** By path, relative to the root of the project. */
  readonly files: Readonly<Record<string, FileReport>>;
}

interface FileReport {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

interface Mutant {
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Counted from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A change to the code, and whether a test noticed it. */
export interface TestedChange {
  readonly file: string;
  readonly line: number;
  /** What was changed into what, on one line. Holds when lines above it come or go. */
  readonly name: string;
  readonly status: string;
}

/** Reads the changes to the files below a path, in the order of the report. */
export const changesBelow = ({ files }: MutationReport, path: string): readonly TestedChange[] =>
  Object.entries(files)
    .filter(([file]) => file.startsWith(`${path}/`))
    .flatMap(([file, { source, mutants }]) =>
      mutants.map(({ location, replacement = "", status }) => ({
        file,
        line: location.start.line,
        name: `${file}: ${onOneLine(textAt(source, location))} → ${onOneLine(replacement)}`,
        status,
      })),
    );

const textAt = (source: string, { start, end }: Mutant["location"]): string => {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined))
    .join("\n");
};

const maxLength = 120;

const onOneLine = (text: string): string => {
  const joined = text.replace(/\s+/g, " ");
  return joined.length > maxLength ? `${joined.slice(0, maxLength)}…` : joined;
};
