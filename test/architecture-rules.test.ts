import { describe, expect, it } from "vitest";
import { againstTheArrows } from "./architecture/arrows.ts";
import { cyclesIn, importGraph } from "./architecture/import-graph.ts";
import { againstTheTexts } from "./architecture/texts.ts";

const graphOf = (files: Readonly<Record<string, string>>) => importGraph(new Map(Object.entries(files)));

/** In pieces, or this file would seem to import what it only writes down. */
const dynamic = (specifier: string) => `${"import"}("${specifier}")`;

/** The gates of architecture.test.ts see what they are there for. */
describe("an import against the arrows is seen", () => {
  it.each([
    ["shared/cancellation/job.ts", 'import type { Clock } from "../services.ts";'],
    ["shared/cancellation/job.ts", 'import { randomUUID } from "node:crypto";'],
    ["shared/store/store.ts", 'import { operations } from "../../functions/operations.ts";'],
    ["shared/store/store.ts", 'import type { Runner } from "../../local/runner.ts";'],
    ["shared/store/store.ts", `const { runJob } = await ${dynamic("../../client/run-job.ts")};`],
    ["shared/store/store.ts", 'export { now } from "../../test/support/jobs.ts";'],
    ["shared/store/store.ts", 'import { z } from "zod";'],
    ["functions/jobs/read.ts", 'import "../../local/start.ts";'],
    ["functions/jobs/read.ts", `type Run = typeof ${dynamic("../../client/run-job.ts")};`],
    ["functions/cancel-sql-job/operation.ts", 'import {\n  dds,\n} from "../cancel-scheduled-task/operation.ts";'],
    ["functions/cancel-sql-job/operation.ts", 'import { operations } from "../operations.ts";'],
    ["functions/analyticdb-rpc/handler.ts", 'import { dli } from "../cancel-sql-job/operation.ts";'],
    ["client/run-job.ts", 'import type { Job } from "../shared/cancellation/job.ts";'],
    ["client/run-job.ts", 'import { retry } from "@scope/retry/now";'],
    ["local/runner.ts", 'import { now } from "../test/support/jobs.ts";'],
  ])("%s: %s", (file, text) => {
    expect(againstTheArrows(graphOf({ [file]: text }), ["valibot"])).toHaveLength(1);
  });

  it.each([
    ["shared/cancellation/job.ts", 'import type { Change } from "./change.ts";'],
    ["shared/store/store.ts", 'import * as v from "valibot";\nimport type { Context } from "aws-lambda";'],
    ["functions/openapi/openapi.ts", 'import { operations } from "../operations.ts";'],
    ["client/run-job.ts", 'import { setTimeout } from "node:timers/promises";'],
    ["local/samples/start.ts", 'import { runJob } from "../../client/run-job.ts";'],
  ])("and only that: %s: %s", (file, text) => {
    expect(againstTheArrows(graphOf({ [file]: text }), ["valibot"])).toEqual([]);
  });
});

describe("a circle of imports is seen", () => {
  it.each([
    ["of values", 'import { b } from "./b.ts";', 'import { a } from "./a.ts";'],
    ["of types", 'import type { B } from "./b.ts";', 'export type { A } from "./a.ts";'],
    ["at run time", `const { b } = await ${dynamic("./b.ts")};`, 'import { type A } from "./a.ts";'],
    ["of one file", 'import { a } from "./a.ts";', ""],
  ])("%s", (_, a, b) => {
    expect(cyclesIn(graphOf({ "x/a.ts": a, "x/b.ts": b, "x/c.ts": 'import { a } from "./a.ts";' }))).toHaveLength(1);
  });

  it("and no circle where two ways lead to one file", () => {
    const both = 'import { c } from "./c.ts";';
    const files = { "a.ts": `${both}\nimport { b } from "./b.ts";`, "b.ts": both, "c.ts": "" };
    expect(cyclesIn(graphOf(files))).toEqual([]);
  });
});

describe("a text against the rules is seen", () => {
  // In pieces, or this file would break the rules that it tests.
  const silenced = (check: string) => `// ${check}`;
  it.each([
    ["shared/store/store.ts", "const table = process.env.TABLE_NAME;"],
    ["shared/store/store.ts", "const { env } = process;"],
    ["local/runner.ts", 'const port = process["env"].PORT;'],
    ["test/a.test.ts", `vi${"."}mock("./a.ts");`],
    ["test/a.test.ts", `it${"."}skip("a", () => {});`],
    ["test/a.test.ts", `describe.concurrent${"."}only("a", () => {});`],
    ["test/a.test.ts", `it${"."}todo("a");`],
    ["local/runner.ts", silenced("@ts-" + "expect-error")],
    ["local/runner.ts", silenced("biome-" + "ignore lint: no")],
    ["local/index.ts", 'export * from "./runner.ts";'],
    ["local/string-utils.ts", ""],
    ["shared/common/text.ts", ""],
    ["local/runner.ts", "\n".repeat(301)],
    ["functions/jobs/read.ts", "export const http = httpEntry(jobApi, compose);"],
    ["functions/jobs/read.ts", "registerEverything();"],
    ["shared/store/store.ts", "await connect();"],
    ["shared/store/store.ts", "if (cold) warmUp();"],
  ])("%s: %s", (file, text) => {
    expect(againstTheTexts(new Map([[file, text]]))).toHaveLength(1);
  });

  it("and only that", () => {
    const text = "/** A store. */\nexport const store = () => {\n  connect();\n};\n\nconst a = [\n  1,\n];\n";
    const files = {
      "shared/store/store.ts": text,
      "functions/jobs/handler.ts": "export const http = httpEntry(a, b);",
    };
    expect(againstTheTexts(new Map(Object.entries(files)))).toEqual([]);
  });
});
