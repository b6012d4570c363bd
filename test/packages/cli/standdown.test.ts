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

test.each([[[]], [["stop"]], [["toString"]]])(
  "the program names its commands when it is called with %j",
  async (args) => {
    await expect(standdown(...args)).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^usage: standdown <command>\n\ncommands:\n {2}cancel .*\n {2}check-config .*\n {2}doctor .*\n {2}job /,
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

test.each([["--help"], ["-h"]])("%s is no mistake", async (help) => {
  expect((await standdown(help)).stdout).toMatch(/^usage: standdown <command>/);
  expect((await standdown("cancel", help)).stdout).toMatch(/^usage: standdown cancel UID…[\s\S]*^examples:$/m);
});

test.each([
  [["jobs"], /^standdown: there is no endpoint: set STANDDOWN_ENDPOINT and STANDDOWN_TOKEN, or write a profile$/m],
  [["jobs", "--token", "x", "--endpoint", "nowhere"], /^standdown: .*endpoint/im],
  [["jobs", "-o", "xml"], /^standdown: -o must be one of table, json, yaml, name$/m],
  [["jobs", "all"], /^standdown: standdown jobs takes no all$/m],
  [["jobs", "--colour"], /^standdown: Unknown option '--colour'/m],
  [["cancel", "--until", "sure", "U"], /^standdown: --until must be one of observed, acknowledged, accepted$/m],
  [["cancel", "--timeout", "soon", "U"], /^standdown: --timeout must be a time such as 90s, 5m or 1h$/m],
  [["receipt"], /^standdown: standdown receipt takes one UID, or --service and --job-id$/m],
  [["job", "A", "B"], /^standdown: standdown job takes one UID$/m],
  [["watch"], /^standdown: standdown watch takes one UID$/m],
])("%j ends with 2, and says how it is used", async (args, words) => {
  const error: { code?: number; stderr?: string } = await standdown(...args).then(
    () => ({}),
    (thrown) => thrown,
  );
  expect(error.code).toBe(2);
  expect(error.stderr).toMatch(words);
  expect(error.stderr).toMatch(/^usage: standdown /m);
});

test.each(["bash", "zsh", "fish"])("completion for %s knows the commands and their options", async (shell) => {
  const { stdout } = await standdown("completion", shell);
  for (const word of ["cancel", "receipt", "reap", "until", "containment"]) expect(stdout).toContain(word);
});

test("completion for bash completes", async () => {
  const { stdout: script } = await standdown("completion", "bash");
  const ask = async (...words: readonly string[]) => {
    const asked = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _standdown; echo "\${COMPREPLY[@]}"`;
    return (await promisify(execFile)("bash", ["-c", asked])).stdout.trim();
  };
  expect(await ask("standdown", "rec")).toBe("receipt");
  expect(await ask("standdown", "cancel", "--un")).toBe("--until");
});
