import { describe, expect, test } from "vitest";
import { selectFolders, toFolders } from "../../scripts/mutation/folders.ts";
import { checkList, listedIn } from "../../scripts/mutation/listed.ts";
import { changesBelow, type MutationReport } from "../../scripts/mutation/report.ts";
import { scoreTable, toFolderScore } from "../../scripts/mutation/score.ts";

const auth = { name: "auth", path: "shared/auth", pattern: "shared/auth/**/*.ts" };
const domain = { name: "domain", path: "shared/domain", pattern: "shared/domain/**/*.ts" };
const folders = [auth, domain];

describe("folders", () => {
  test("are read from the patterns of the configuration", () => {
    expect(toFolders(["shared/auth/**/*.ts", "shared/domain/**/*.ts"])).toEqual(folders);
  });

  test.each(["shared/auth/*.ts", "shared/auth/policy.ts", "!shared/auth/**/*.ts.bak", "**/*.ts"])(
    "cannot be read from %s, which is no whole folder",
    (pattern) => {
      expect(() => toFolders([pattern])).toThrow(`mutate: ${pattern} must be a whole folder`);
    },
  );

  test.each([
    [[], folders],
    [["domain"], [domain]],
    [["shared/domain"], [domain]],
    [["domain", "auth"], folders],
  ])("named %j are selected", (names, selected) => {
    expect(selectFolders(folders, names)).toEqual(selected);
  });

  test("of an unknown name are refused with those that there are", () => {
    expect(() => selectFolders(folders, ["auth", "edge"])).toThrow("edge is no mutated folder; there are auth, domain");
  });
});

const source = "const a =\n  b &&\n  c;\n";
const location = { start: { line: 2, column: 3 }, end: { line: 3, column: 4 } };

const tested = (...statuses: readonly string[]) => ({
  source,
  mutants: statuses.map((status) => ({ replacement: "b ||\n  c", status, location })),
});

const scoreOf = (files: MutationReport["files"]) => toFolderScore({ files }, auth);

describe("a score", () => {
  test.each([
    [["Killed", "Killed", "Killed", "Survived"], 75],
    [["Killed", "NoCoverage"], 50],
    [["Timeout", "Survived"], 50],
    [["Killed", "RuntimeError", "CompileError", "Ignored"], 100],
    [["RuntimeError"], 0],
    [[], 0],
  ])("of %j is %d percent", (statuses, score) => {
    expect(scoreOf({ "shared/auth/policy.ts": tested(...statuses) }).score).toBe(score);
  });

  test("counts the files of its folder and of the folders in it, and no others", () => {
    const files = {
      "shared/auth/policy.ts": tested("Killed"),
      "shared/auth/signatures/acs3.ts": tested("Killed"),
      "shared/authors/name.ts": tested("Survived"),
      "shared/domain/auth/job.ts": tested("Survived"),
    };
    expect(scoreOf(files)).toMatchObject({ folder: "shared/auth", score: 100, killed: 2, survivors: [] });
  });

  test("is rounded down in the table", () => {
    const survivors = scoreOf({ "shared/auth/policy.ts": tested("Survived", "NoCoverage") }).survivors;
    const [, row] = scoreTable([{ folder: "shared/auth", score: 84.99, killed: 17, survivors }]).split("\n");
    expect(row?.split(/\s{2,}/)).toEqual(["shared/auth", "84.9 %", "17", "2"]);
  });
});

describe("a change", () => {
  const changeOf = (replacement: string | undefined) => {
    const mutants = [{ status: "Survived", location, ...(replacement === undefined ? {} : { replacement }) }];
    return changesBelow({ files: { "shared/auth/policy.ts": { source, mutants } } }, "shared/auth")[0];
  };

  test("is named by its file, and by the text before and after on one line", () => {
    expect(changeOf("b ||\n  c")).toEqual({
      file: "shared/auth/policy.ts",
      line: 2,
      name: "shared/auth/policy.ts: b && c → b || c",
      status: "Survived",
    });
  });

  test("is cut where it is long", () => {
    expect(changeOf("x".repeat(121))?.name).toBe(`shared/auth/policy.ts: b && c → ${"x".repeat(120)}…`);
    expect(changeOf("x".repeat(120))?.name).toBe(`shared/auth/policy.ts: b && c → ${"x".repeat(120)}`);
  });

  test("that leaves nothing has nothing after the arrow", () => {
    expect(changeOf(undefined)?.name).toBe("shared/auth/policy.ts: b && c → ");
  });
});

describe("the list of survivors", () => {
  const survivor = (name: string) => ({ file: "", line: 1, name, status: "Survived" });

  test("is what stands in the text blocks of the page", () => {
    const page = "# Title\n\nA reason.\n\n```text\na → b\nc → d\n```\n\n```sh\nnpm test\n```\n\n```text\ne → f\n```\n";
    expect(listedIn(page)).toEqual(["a → b", "c → d", "e → f"]);
    expect(listedIn("")).toEqual([]);
  });

  test.each([
    ["in agreement", ["shared/auth/a"], ["shared/auth/a"], [], []],
    ["short of one", ["shared/auth/a", "shared/auth/b"], ["shared/auth/b"], ["shared/auth/a"], []],
    ["short of the second of one name", ["shared/auth/a", "shared/auth/a"], ["shared/auth/a"], ["shared/auth/a"], []],
    ["with one that was killed", [], ["shared/domain/a"], [], ["shared/domain/a"]],
    ["with one of a folder that was not run", [], ["shared/validation/a"], [], []],
  ])("can be %s", (_, survivors, listed, unlisted, outdated) => {
    expect(checkList(survivors.map(survivor), listed, folders)).toEqual({
      unlisted: unlisted.map(survivor),
      outdated,
    });
  });
});
