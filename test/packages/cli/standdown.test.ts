import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packageDirectory = path.resolve("packages/cli");
const { bin } = JSON.parse(readFileSync(path.join(packageDirectory, "package.json"), "utf8"));

/** Runs the program of the package as `npx` does: by its name, with the Node that is installed with the dependencies. */
const standdown = (...args: readonly string[]) =>
  promisify(execFile)(path.join(packageDirectory, bin.standdown), args, {
    env: { PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` },
  });

test.each([[[]], [["cancel"]], [["toString"]]])(
  "the program names its commands when it is called with %j",
  async (args) => {
    await expect(standdown(...args)).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^usage: standdown <command>\n\ncommands:\n {2}check-config .*\n {2}doctor .*\n {2}reap .*\n {2}redrive .*\n {2}run /,
      ),
    });
  },
);

test("the program hands the rest of the line to the command", async () => {
  await expect(standdown("redrive", "cancel-everything")).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^usage: npm run redrive -- <operation>/),
  });
});
