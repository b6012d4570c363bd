/** `npm test`: every gate, one after the other. All of them run, so that one failure does not hide another. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { add, type Tally, type TestReport, tallyTests } from "./tally.ts";

const root = path.join(import.meta.dirname, "..");

const gates: readonly (readonly [name: string, ...command: string[]])[] = [
  ["format and lint", "biome", "ci", "--error-on-warnings"],
  ["types", "tsc", "--noEmit"],
  ["dead code", "knip"],
  ["client package", process.execPath, "scripts/check-package.ts"],
  // What decides has tests of its own that reach all of it: measuring that costs seconds, and for everything a minute.
  [
    "coverage of the domain",
    ...["vitest", "run", "--project=unit", "test/shared/domain", "--reporter=dot"],
    ...["--coverage", "--coverage.include=shared/domain/**"],
  ],
  // The tests of the deployment and from end to end look at what this makes.
  ["package", "serverless", "package"],
];

/** Runs a program of node_modules/.bin, or of an absolute path; its output goes straight to the terminal. */
const run = (program = "", args: readonly string[] = []): boolean => {
  const { status, error } = spawnSync(path.resolve(root, "node_modules/.bin", program), args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) console.error(`${program} cannot be run: ${error.message}`);
  return status === 0;
};

const timed = <Result>(name: string, step: () => Result): Result => {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const result = step();
  console.log(`── ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
};

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
  const succeeded = run("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
  return tallyTests(readJson<TestReport>(file), succeeded);
};

let total: Tally = { passed: 0, failed: 0 };
const failures: string[] = [];
const note = (name: string, tally: Tally): void => {
  total = add(total, tally);
  if (tally.failed > 0) failures.push(name);
};

for (const [name, program, ...args] of gates) {
  const passed = timed(name, () => run(program, args));
  note(name, passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}
note("tests", timed("tests", runTests));

if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}`);
// Alone on the last line: it is what a reader of the log looks for.
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
