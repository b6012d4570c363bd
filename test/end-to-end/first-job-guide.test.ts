import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { chooseContainment, probeCapabilities } from "../../packages/cli/containments/containment.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown } = useStanddown();

const page = readFileSync("docs/guide/first-job.md", "utf8");
const blocks = [...page.matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map(([, commands = ""]) => commands);

/** Runs the commands in one shell, in a directory of their own, as somebody would who pastes them. */
const paste = async (commands: readonly string[]) => {
  const directory = mkdtempSync(path.join(tmpdir(), "standdown-guide-"));
  symlinkSync(path.resolve("node_modules"), path.join(directory, "node_modules"));
  // A person is slower, and reads in between.
  const script = commands.map((block) => `${block}\nsleep 1`).join("\n");
  const shell = spawn(
    "bash",
    ["-c", `set -e\n${script.replaceAll(":3000", `:${new URL(standdown().facts.http).port}`)}`],
    {
      cwd: directory,
      env: { PATH: `${path.resolve("node_modules/.bin")}:${process.env.PATH}`, HOME: directory },
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let stdout = "";
  shell.stdout.on("data", (data) => (stdout += data));
  const code = await new Promise((resolve) => shell.once("close", resolve));
  rmSync(directory, { recursive: true });
  return { code, stdout };
};

test("the commands of the guide to the first job do what it says", async () => {
  expect(blocks.length).toBeGreaterThanOrEqual(5);
  expect(
    blocks
      .join("")
      .split("\n")
      .filter((line) => /^(npx|export|cat) /.test(line)).length,
  ).toBeLessThan(10);
  const { code, stdout } = await paste(blocks);
  const isContained = chooseContainment(probeCapabilities()) !== "none";
  const sure = isContained ? "observed" : "acknowledged";
  // Where nothing can be contained, less is known than was asked for.
  expect(code).toBe(isContained ? 0 : 6);
  expect(stdout).toMatch(/^part 0$/m);
  expect(stdout).toMatch(/^\w{26} +generic +report +running .* team=sales$/m);
  expect(stdout).toMatch(new RegExp(`^\\w{26}  stopped, ${sure} after `, "m"));
  expect(stdout).toMatch(/^asked by developer \(http\): wrong month$/m);
});
