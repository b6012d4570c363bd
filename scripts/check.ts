/** `npm test`: every gate, two at a time, and then the tests. All run, so that one failure does not hide another. */
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { mapAtMost } from "../shared/concurrency/map-at-most.ts";
import { add, type Tally, type TestReport, tallyTests } from "./tally.ts";

const root = path.join(import.meta.dirname, "..");

const gates: readonly (readonly [name: string, ...command: string[]])[] = [
  // The tests of the deployment and from end to end look at what this makes.
  ["package", "serverless", "package"],
  ["format and lint", "biome", "ci", "--error-on-warnings"],
  ["types", "tsc", "--noEmit"],
  ["dead code", "knip"],
  ["secrets", "secretlint", "--secretlintignore", ".secretlintignore", "**/*"],
  ["client package", process.execPath, "scripts/check-package.ts"],
  // What decides has tests of its own that reach all of it: measuring that costs seconds, and for everything a minute.
  [
    "coverage of the domain",
    ...["vitest", "run", "--project=unit", "test/shared/domain", "--reporter=dot"],
    ...["--coverage", "--coverage.include=shared/domain/**"],
  ],
];

/** A program of node_modules/.bin, or of an absolute path. */
const toFile = (program: string): string => path.resolve(root, "node_modules/.bin", program);

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Shows what a gate said when it is done, lest two be mixed. */
const runGate = ([name, program = "", ...args]: readonly [name: string, ...command: string[]]): Promise<boolean> =>
  new Promise((resolve) => {
    const started = performance.now();
    execFile(toFile(program), args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      console.log(`\n── ${name}\n${stdout}${stderr}`.trimEnd());
      if (error && typeof error.code !== "number") console.error(`${program} did not run to its end: ${error.message}`);
      console.log(`── ${name}: ${seconds(started)}`);
      resolve(error === null);
    });
  });

const readJson = <Content>(file: string): Content | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    console.error(`there is no report: ${(error as Error).message}`);
    return undefined;
  }
};

const runTests = (): Tally => {
  // A report of an earlier run must not be taken for this one's.
  rmSync(path.join(root, "coverage"), { recursive: true, force: true });
  const file = path.join(root, "coverage/tests.json");
  const started = performance.now();
  console.log("\n── tests");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { status, error } = spawnSync(toFile("vitest"), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error) console.error(`vitest cannot be run: ${error.message}`);
  console.log(`── tests: ${seconds(started)}`);
  return tallyTests(readJson<TestReport>(file), status === 0);
};

let total: Tally = { passed: 0, failed: 0 };
const failures: string[] = [];
const note = (name: string, tally: Tally): void => {
  total = add(total, tally);
  if (tally.failed > 0) failures.push(name);
};

const passed = await mapAtMost(2, gates, runGate);
gates.forEach(([name], index) => {
  note(name, passed[index] ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
});
note("tests", runTests());

if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}`);
// Alone on the last line: it is what a reader of the log looks for.
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
