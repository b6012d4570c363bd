import { execFile } from "node:child_process";
import { existsSync, globSync, realpathSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { againstTheArrows, folderGraph } from "./arrows.ts";
import { cyclesIn, importGraph } from "./import-graph.ts";
import { readSources, runtimeDependencies, typeScript } from "./sources.ts";
import { againstTheTexts } from "./texts.ts";

const root = path.join(import.meta.dirname, "../..");
const sources = readSources();
const graph = importGraph(typeScript(sources));
const handlers = globSync("functions/**/handler.ts", { cwd: root });

describe("the imports", () => {
  test("go along the arrows", () => {
    expect(againstTheArrows(graph, runtimeDependencies())).toEqual([]);
  });

  test("lead to files that are there", () => {
    const lost = [...graph].flatMap(([from, targets]) =>
      targets
        .filter(({ file }) => file !== undefined && !existsSync(path.join(root, file)))
        .map(({ file }) => `${from} → ${file}`),
    );
    expect(lost).toEqual([]);
  });

  test("make no circle of files, those of types included", () => {
    expect(cyclesIn(graph)).toEqual([]);
  });

  test("make no circle of folders", () => {
    expect(cyclesIn(folderGraph(graph))).toEqual([]);
  });

  test("are all seen: at least those that the bundler sees", async () => {
    const { metafile } = await build({
      entryPoints: [...handlers, "packages/local/start.ts"],
      absWorkingDir: root,
      bundle: true,
      write: false,
      outdir: "out",
      format: "esm",
      platform: "node",
      packages: "external",
      metafile: true,
    });
    const missed = Object.entries(metafile.inputs).flatMap(([from, { imports }]) => {
      const seen = graph.get(from)?.flatMap(({ file, specifier }) => [file, specifier]);
      return imports.filter((one) => !seen?.includes(one.path)).map((one) => `${from} → ${one.path}`);
    });
    expect(Object.keys(metafile.inputs).length).toBeGreaterThan(80);
    expect(missed).toEqual([]);
  });
});

test("the files keep the rules that can be read in them", () => {
  expect(sources.size).toBeGreaterThan(100);
  expect(againstTheTexts(sources)).toEqual([]);
});

describe("importing a handler", () => {
  test.each(handlers)("%s touches nothing and needs no environment", async (handler) => {
    const script = path.join(import.meta.dirname, "import-handler.mjs");
    const module = pathToFileURL(path.join(root, handler)).href;
    // Node refuses to write files and to start processes; the script refuses connections and timers.
    const readable = [root, realpathSync(path.join(root, "node_modules"))].map(
      (folder) => `--allow-fs-read=${folder}/*`,
    );
    const args = ["--permission", ...readable, script, module];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
    expect(stdout).toMatch(/^(http|queue|schedule): function(, (queue|schedule): function)?$/);
  });
});
