import { globSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../..");

/** Paths from the root of the repository, with slashes, and what stands there. */
export type Sources = ReadonlyMap<string, string>;

const places = ["functions", "shared", "infra", "packages", "examples", "test", "scripts", "bench", "*.ts"];
const code = [".ts", ".mts", ".mjs", ".js", ".yml", ".yaml", ".sh"];

/** All code of the repository: what was generated or installed is not ours. */
export const readSources = (): Sources => {
  const files = globSync([...places.map((place) => (place.includes("*") ? place : `${place}/**/*`)), ".ci/*"], {
    cwd: root,
    exclude: (name) => name.split("/").some((part) => part === "node_modules" || part === "dist"),
  });
  const kept = files.map(toSlashes).filter((file) => code.includes(path.extname(file)) || file.startsWith(".ci/"));
  return new Map(kept.sort().map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
};

/** What is written for people. */
export const readDocs = (): Sources => {
  const files = globSync(["*.md", "docs/**/*.{md,svg}", "packages/*/*.md", "examples/**/*.md", ".github/**/*"], {
    cwd: root,
    exclude: (name) => name.split("/").includes("node_modules"),
  });
  const kept = files.map(toSlashes).filter((file) => path.extname(file) !== "");
  return new Map(kept.sort().map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
};

export const typeScript = (sources: Sources): Sources =>
  new Map([...sources].filter(([file]) => /\.(ts|mts|mjs)$/.test(file)));

const toSlashes = (file: string): string => file.split(path.sep).join("/");

/** The packages that `npm ci --omit=dev` would leave. */
export const runtimeDependencies = (): readonly string[] => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.keys(dependencies);
};
