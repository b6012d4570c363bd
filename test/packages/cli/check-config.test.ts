import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "check-config-"));
});
afterAll(() => rm(directory, { recursive: true }));

const checkConfig = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [path.resolve("packages/cli/standdown.js"), "check-config", ...args]);

const check = async (document: object) => {
  const file = path.join(directory, "config.json");
  await writeFile(file, JSON.stringify(document));
  return checkConfig(file);
};

const policies = (...actions: readonly string[]) => [{ effect: "allow", actions, resources: ["*"] }];

test("a document that can be used is said to be usable", async () => {
  const { stdout } = await check({
    principals: [{ name: "ops", policies: policies("*", "gpdb:*", "dli:queue:cancelJob", "standdown:CancelJob") }],
    cleanup: { policies: [{ name: "nightly", service: "dli", maxRuntimeSeconds: 60, action: "report" }] },
  });
  expect(stdout).toMatch(/config\.json is usable: 1 principals, 1 cleanup policies\n$/);
});

test("all faults are told at once, and no value", async () => {
  const tokens = [{ value: "canary" }, { value: "canary" }];
  const told = check({
    principals: [
      { name: "a", tokens, policies: [] },
      { name: "a", policies: [] },
    ],
  });
  await expect(told).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/ {2}- principals\.1\.name gives .*\n {2}- principals\.0\.tokens\.1 gives /),
  });
  await expect(told).rejects.not.toMatchObject({ stderr: expect.stringContaining("canary") });
});

test("what names nothing that there is can never match, and is told too", async () => {
  const told = check({
    principals: [
      {
        name: "a",
        policies: [
          ...policies("dli:quue:cancelJob", "standdown:*", "gdpb:*"),
          { ...policies("*")[0], operations: ["cancel-*", "stop-*"] },
        ],
      },
    ],
    cleanup: { policies: [{ name: "nightly", service: "dlii", maxRuntimeSeconds: 60, action: "report" }] },
  });
  await expect(told).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /actions\.0 matches no action\n.*actions\.2 matches no action\n.*policies\.1\.operations\.1 matches no operation\n {2}- cleanup\.policies\.0\.service must be one of /,
    ),
  });
});

test.each([[[]], [["--help"]], [["a", "b"]]])("a wrong command line is answered with the usage: %j", async (args) => {
  await expect(checkConfig(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: /) });
});

test("a file that is not there is named", async () => {
  const file = path.join(directory, "none.json");
  await expect(checkConfig(file)).rejects.toMatchObject({ code: 1, stderr: `${file} cannot be read\n` });
});
