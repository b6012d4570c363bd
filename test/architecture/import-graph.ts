import path from "node:path";
import type { Sources } from "./sources.ts";

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The file that it leads to, from the root; undefined for a package or a built-in. */
  readonly file: string | undefined;
  /** Leaves no trace in the program that runs. */
  readonly typeOnly: boolean;
}

export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/**
 * Both kinds of declarations as the formatter leaves them: at the start of a line, over as many lines as they need.
 * A `from` clause contains no quote and no semicolon; an import for its side effects has no clause.
 */
const declaration = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm;
/** `import("…")`, and `typeof import("…")`, which is a type. */
const expression = /(typeof\s+)?\bimport\(\s*["']([^"']+)["']\s*[,)]/g;

/** Every import of every file, those of types and those at run time included. */
export const importGraph = (sources: Sources): ImportGraph =>
  new Map([...sources].map(([file, text]) => [file, importsOf(file, text)]));

const importsOf = (file: string, text: string): Import[] =>
  [declaration, expression].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, type, specifier = ""]) => ({
      specifier,
      file: specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : undefined,
      typeOnly: type !== undefined,
    })),
  );

/** One line for each group of files that import each other, in whatever way. */
export const cyclesIn = (graph: ImportGraph): string[] => {
  const finished = new Set<string>();
  const cycles: string[] = [];

  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.push([...trail.slice(start), file].join(" → "));
    if (start >= 0 || finished.has(file)) return;
    for (const { file: next } of graph.get(file) ?? []) if (next !== undefined) visit(next, [...trail, file]);
    finished.add(file);
  };

  for (const file of graph.keys()) visit(file, []);
  return cycles;
};
