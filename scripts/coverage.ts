/** `npm run test:coverage`: all tests once, and what share of each folder they reach. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { coverageTable } from "./coverage-table.ts";

const root = path.join(import.meta.dirname, "..");
rmSync(path.join(root, "coverage"), { recursive: true, force: true });
const { status, error } = spawnSync(path.join(root, "node_modules/.bin/vitest"), ["run", "--coverage"], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
if (error) throw error;
const summary = JSON.parse(readFileSync(path.join(root, "coverage/coverage-summary.json"), "utf8"));
console.log(`\n${coverageTable(summary, root)}`);
process.exitCode = status ?? 1;
