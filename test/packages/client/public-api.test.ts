import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type CancellationHandle,
  type EndState,
  type Job,
  JobApiError,
  type JobEnd,
  type JobFilter,
  type JobHandle,
  type JobRegistration,
  type JobState,
  type Outcome,
  type Problem,
  type Receipt,
  type ResultOptions,
  ResultTimeoutError,
  runJob,
  type Standdown,
} from "../../../packages/client/src/public-api.ts";
import type { components } from "../../../packages/client/src/wire.ts";

const sources = path.join(import.meta.dirname, "../../../packages/client/src");
const sourceOf = (file: string): string => readFileSync(path.join(sources, file), "utf8");

describe("the exported names", () => {
  const clauses = [...sourceOf("public-api.ts").matchAll(/^export (type )?\{([^}]+)\} from "\.\/([^"]+)"/gm)];
  const exported = clauses.flatMap(([, allTypes, names = "", file = ""]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({ name: allTypes ? `type ${name}` : name, file })),
  );

  test("are these", () => {
    expect(exported.map(({ name }) => name).sort()).toEqual([
      "JobApiError",
      "JobStopped",
      "ResultTimeoutError",
      "Standdown",
      "runJob",
      "runQuery",
      "type Assurance",
      "type CallOptions",
      "type CancelOptions",
      "type CancellationHandle",
      "type DocumentJob",
      "type EndState",
      "type GenericJob",
      "type GraphJob",
      "type IndexJob",
      "type Job",
      "type JobEnd",
      "type JobFilter",
      "type JobHandle",
      "type JobRegistration",
      "type JobState",
      "type Jobs",
      "type ListOptions",
      "type Outcome",
      "type Problem",
      "type QueryPool",
      "type QueryRows",
      "type QuerySession",
      "type Receipt",
      "type RegisterOptions",
      "type ResultOptions",
      "type RunJobOptions",
      "type RunQueryOptions",
      "type RunningJob",
      "type ScheduledTask",
      "type SpawnOptions",
      "type SpawnedProcess",
      "type SqlJob",
      "type StanddownOptions",
      "type StopReason",
      "type StopRequest",
      "type Work",
    ]);
  });

  test.each(exported)("$name says what it is, with an example if it is a value", ({ name, file }) => {
    const word = name.split(" ").at(-1);
    const [before = ""] = sourceOf(file).split(new RegExp(`\\nexport (?:class|const|interface|type) ${word}\\b`));
    const comment = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
    expect(comment).toMatch(/\w/);
    if (!name.startsWith("type ")) expect(comment).toContain("@example");
  });

  test.each(["cancellation-handle.ts", "job-handle.ts", "jobs.ts"])("the methods in %s say what they throw", (file) => {
    const methods = [...sourceOf(file).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(\w+)\(/g)];
    expect(methods).toHaveLength(2);
    for (const [, comment, name] of methods) {
      expect(comment, name).toContain("@throws");
      expect(comment, name).toContain("@example");
    }
  });
});

/** Checked by the compiler: the calls are never made. */
describe("the types", () => {
  test("of the handles", () => {
    expectTypeOf<ConstructorParameters<typeof Standdown>[0]>().toExtend<{ endpoint: string }>();
    expectTypeOf<Standdown["job"]>().toEqualTypeOf<(uid: string) => JobHandle>();
    expectTypeOf<JobHandle>().toExtend<CancellationHandle>();
    expectTypeOf<ReturnType<JobHandle["get"]>>().toEqualTypeOf<Promise<Job>>();
    expectTypeOf<ReturnType<JobHandle["cancel"]>>().toEqualTypeOf<Promise<CancellationHandle>>();
    expectTypeOf<ReturnType<CancellationHandle["receipt"]>>().toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf<CancellationHandle["result"]>().toEqualTypeOf<(options: ResultOptions) => Promise<Receipt>>();
    expectTypeOf<{ timeout: number }>().toExtend<ResultOptions>();
    expectTypeOf<{ signal: AbortSignal }>().not.toExtend<ResultOptions>();
  });

  test("of a list", () => {
    expectTypeOf<ReturnType<Standdown["jobs"]["list"]>>().toExtend<AsyncIterableIterator<Job>>();
    expectTypeOf<JobFilter["state"]>().toEqualTypeOf<JobState | undefined>();
    expectTypeOf<"cursor" | "limit">().not.toExtend<keyof JobFilter>();
  });

  test("of the errors", () => {
    expectTypeOf<JobApiError["code"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<JobApiError["status"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<JobApiError["problem"]>().toEqualTypeOf<Problem | undefined>();
    expectTypeOf<ResultTimeoutError["receipt"]>().toEqualTypeOf<Receipt | undefined>();
    expectTypeOf(JobApiError).instance.toExtend<Error>();
    expectTypeOf(ResultTimeoutError).instance.toExtend<Error>();
  });

  test("of runJob", () => {
    const run = (...[options, work]: Parameters<typeof runJob<number>>) => runJob(options, work);
    expectTypeOf(run).returns.toEqualTypeOf<Promise<JobEnd<number>>>();
    expectTypeOf<JobEnd<number>["recorded"]>().toEqualTypeOf<EndState | undefined>();
    expectTypeOf<Extract<JobEnd<number>, { outcome: "succeeded" }>["result"]>().toEqualTypeOf<number>();
  });

  test("of what goes over the wire are those of the OpenAPI document", () => {
    type Wire = components["schemas"];
    expectTypeOf<JobRegistration>().toExtend<Wire["Registration"]>();
    expectTypeOf<JobRegistration["service"]>().toEqualTypeOf<Wire["Registration"]["service"]>();
    expectTypeOf<Job>().toEqualTypeOf<Wire["Job"]>();
    expectTypeOf<Outcome>().toEqualTypeOf<Wire["Receipt"]["outcome"]>();
    expectTypeOf<EndState>().toExtend<JobState>();
  });

  test("an index has an instance or a workspace", () => {
    type Index = Extract<JobRegistration, { service: "analyticdb-index" }>["scope"];
    type Place = { regionId: string; namespace: string; collection: string };
    expectTypeOf<Place>().not.toExtend<Index>();
    expectTypeOf<Place & { dbInstanceId: string }>().toExtend<Index>();
    expectTypeOf<Place & { workspaceId: string }>().toExtend<Index>();
  });
});
