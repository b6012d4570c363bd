import path from "node:path";
import { describe, expect, test } from "vitest";
import { againstTheArrows, arrows, folderGraph } from "./arrows.ts";
import { cyclesIn, importGraph } from "./import-graph.ts";
import { againstTheTexts } from "./texts.ts";

const graphOf = (files: Readonly<Record<string, string>>) => importGraph(new Map(Object.entries(files)));

/** In pieces, or this file would seem to import what it only writes down. */
const dynamic = (specifier: string) => `${"import"}("${specifier}")`;

const fileIn = (area: string): string => (area.endsWith(".ts") ? area : `${area}/file.ts`);

/** The gates of architecture.test.ts see what they are there for. */
describe("an import against the arrows is seen", () => {
  test.each([
    ["shared/domain/job.ts", 'import type { Clock } from "../ports/services.ts";'],
    ["shared/domain/job.ts", 'import { randomUUID } from "node:crypto";'],
    ["shared/ports/job-store.ts", 'import { operations } from "../../functions/registry.ts";'],
    ["shared/ports/job-store.ts", 'import type { Runner } from "../../packages/local/runner.ts";'],
    ["shared/ports/job-store.ts", `const { runJob } = await ${dynamic("../../packages/client/src/run-job.ts")};`],
    ["shared/ports/job-store.ts", 'export { now } from "../../test/support/stack/jobs.ts";'],
    ["shared/validation/validate.ts", 'import { z } from "zod";'],
    ["functions/jobs/read.ts", 'import "../../packages/local/start.ts";'],
    ["functions/jobs/read.ts", `type Run = typeof ${dynamic("../../packages/client/src/run-job.ts")};`],
    [
      "functions/dli/cancel-sql-job/operation.ts",
      'import {\n  dds,\n} from "../../dds/cancel-scheduled-task/operation.ts";',
    ],
    ["functions/dli/cancel-sql-job/operation.ts", 'import { operations } from "../../registry.ts";'],
    [
      "functions/dli/show-sql-job-status/operation.ts",
      'import { cancelSqlJob } from "../cancel-sql-job/operation.ts";',
    ],
    ["functions/dli/new-operation/operation.ts", 'import { dliJob } from "../cancel-sql-job/operation.ts";'],
    ["functions/dli/cancel-sql-job/operation.ts", 'import { dds } from "../../dds/service.ts";'],
    ["functions/dli/service.ts", 'import { cancelSqlJob } from "./cancel-sql-job/operation.ts";'],
    ["functions/dli/replies.ts", 'import { dli } from "./service.ts";'],
    ["functions/analyticdb/router/handler.ts", 'import { dli } from "../../dli/cancel-sql-job/operation.ts";'],
    ["packages/client/src/run-job.ts", 'import type { Job } from "../../../shared/domain/job.ts";'],
    ["packages/client/src/run-job.ts", 'import { retry } from "@scope/retry/now";'],
    ["packages/local/runner.ts", 'import { now } from "../../test/support/stack/jobs.ts";'],
    ["shared/new-folder/file.ts", 'import type { Job } from "../domain/job.ts";'],
  ])("%s: %s", (file, text) => {
    expect(againstTheArrows(graphOf({ [file]: text }), ["valibot"])).toHaveLength(1);
  });

  test.each([
    ["shared/domain/job.ts", 'import type { Change } from "./change.ts";'],
    ["shared/entrypoints/http.ts", 'import * as v from "valibot";\nimport type { Context } from "aws-lambda";'],
    ["functions/openapi/openapi.ts", 'import { operations } from "../registry.ts";'],
    [
      "functions/dli/new-operation/operation.ts",
      'import { dliWords } from "../replies.ts";\nimport { dli } from "../service.ts";\nimport { a } from "./a.ts";',
    ],
    [
      "functions/analyticdb/router/handler.ts",
      'import { getUploadDocumentJob } from "../get-upload-document-job/operation.ts";',
    ],
    ["packages/client/src/run-job.ts", 'import { setTimeout } from "node:timers/promises";'],
    ["examples/workers/dli.ts", 'import { runJob } from "../../packages/client/src/run-job.ts";'],
  ])("and only that: %s: %s", (file, text) => {
    expect(againstTheArrows(graphOf({ [file]: text }), ["valibot"])).toEqual([]);
  });

  const deployed = Object.keys(arrows).filter((area) => /^(functions|shared)\//.test(area));
  test.each(deployed)("in %s: of another function, a test, or a package that nothing declares", (area) => {
    const file = fileIn(area);
    const up = "../".repeat(file.split("/").length - 1);
    for (const target of [`${up}functions/console/handler.ts`, `${up}test/support/stack/jobs.ts`, "left-pad"])
      expect(againstTheArrows(graphOf({ [file]: `import "${target}";` }), []), target).toHaveLength(1);
  });

  test("in every layer: of the layers above", () => {
    const layers = deployed.filter((area) => area.startsWith("shared/"));
    const upward = layers.flatMap((above, index) =>
      layers
        .slice(index + 1)
        .map((below) => [fileIn(below), fileIn(above)] as const)
        // The files of the domain that have a list of their own are part of it.
        .filter(([from, to]) => path.dirname(from) !== path.dirname(to)),
    );
    const allowed = upward.filter(([from, to]) => {
      const specifier = `${"../".repeat(from.split("/").length - 1)}${to}`;
      return againstTheArrows(graphOf({ [from]: `import "${specifier}";` }), []).length === 0;
    });
    expect(upward.length).toBeGreaterThan(100);
    expect(allowed).toEqual([]);
  });
});

describe("a circle of imports is seen", () => {
  test.each([
    ["of values", 'import { b } from "./b.ts";', 'import { a } from "./a.ts";'],
    ["of types", 'import type { B } from "./b.ts";', 'export type { A } from "./a.ts";'],
    ["at run time", `const { b } = await ${dynamic("./b.ts")};`, 'import { type A } from "./a.ts";'],
    ["of one file", 'import { a } from "./a.ts";', ""],
  ])("%s", (_, a, b) => {
    expect(cyclesIn(graphOf({ "x/a.ts": a, "x/b.ts": b, "x/c.ts": 'import { a } from "./a.ts";' }))).toHaveLength(1);
  });

  test("of folders, where no file is in a circle", () => {
    const files = {
      "x/a.ts": 'import { b } from "../y/b.ts";',
      "y/b.ts": "",
      "y/c.ts": 'import { d } from "../x/d.ts";',
      "x/d.ts": "",
    };
    expect(cyclesIn(graphOf(files))).toEqual([]);
    expect(cyclesIn(folderGraph(graphOf(files)))).toEqual(["x → y → x"]);
  });

  test("and no circle where two ways lead to one file", () => {
    const both = 'import { c } from "./c.ts";';
    const files = { "a.ts": `${both}\nimport { b } from "./b.ts";`, "b.ts": both, "c.ts": "" };
    expect(cyclesIn(graphOf(files))).toEqual([]);
  });
});

describe("a text against the rules is seen", () => {
  // In pieces, or this file would break the rules that it tests.
  const silenced = (check: string) => `// ${check}`;
  test.each([
    ["shared/ports/job-store.ts", "const table = process.env.STANDDOWN_TABLE;"],
    ["shared/ports/job-store.ts", "const { env } = process;"],
    ["packages/local/runner.ts", 'const port = process["env"].PORT;'],
    ["test/a.test.ts", `vi${"."}mock("./a.ts");`],
    ["test/a.test.ts", `${"it"}("a", () => {});`],
    ["test/a.test.ts", `it${"."}skip("a", () => {});`],
    ["test/a.test.ts", `describe.concurrent${"."}only("a", () => {});`],
    ["test/a.test.ts", `it${"."}todo("a");`],
    ["packages/local/runner.ts", silenced("@ts-" + "expect-error")],
    ["packages/local/runner.ts", silenced("biome-" + "ignore lint: no")],
    ["packages/local/index.ts", 'export * from "./runner.ts";'],
    ["packages/local/string-utils.ts", ""],
    ["shared/common/text.ts", ""],
    ["packages/local/runner.ts", "\n".repeat(301)],
    ["functions/jobs/read.ts", "export const http = httpEntry(jobApi, compose);"],
    ["functions/jobs/read.ts", "registerEverything();"],
    ["shared/ports/job-store.ts", "await connect();"],
    ["shared/ports/job-store.ts", "if (cold) warmUp();"],
  ])("%s: %s", (file, text) => {
    expect(againstTheTexts(new Map([[file, text]]))).toHaveLength(1);
  });

  test("and only that", () => {
    const text = "/** A store. */\nexport const store = () => {\n  connect();\n};\n\nconst a = [\n  1,\n];\n";
    const files = {
      "shared/ports/job-store.ts": text,
      "functions/jobs/handler.ts": "export const http = httpEntry(a, b);",
    };
    expect(againstTheTexts(new Map(Object.entries(files)))).toEqual([]);
  });
});
