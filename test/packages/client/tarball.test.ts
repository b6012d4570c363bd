import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JobRegistration, runJob } from "../../../packages/client/src/run-job.ts";
import { createFreshProject, type FreshProject } from "./fresh-project.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";
import { untilStopped } from "./until-stopped.ts";

const root = path.join(import.meta.dirname, "../../..");

let api: Awaited<ReturnType<typeof startJobApi>>;
let project: FreshProject;
let examples: readonly string[];

beforeAll(async () => {
  [api, project] = await Promise.all([startJobApi(), createFreshProject()]);
  const readme = await readFile(path.join(project.folder, "node_modules/@standdown/client/README.md"), "utf8");
  examples = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = ""]) => code);
}, 60_000);
afterAll(async () => {
  await project.remove();
  await api.stop();
});

const query: JobRegistration = { service: "dli", scope: { projectId }, heartbeatTimeoutSeconds: 5 };

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  STANDDOWN_ENDPOINT: api.endpoint,
  STANDDOWN_TOKEN: token,
  ...more,
});

const runExample = async (example: number, more?: Readonly<Record<string, string>>) => {
  await project.write("example.js", examples[example] ?? "");
  return project.runNode("example.js", environment(more));
};

test("the tarball has the built package, and neither its sources nor dependencies", async () => {
  const installed = path.join(project.folder, "node_modules/@standdown/client");
  expect((await readdir(installed)).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  expect(await readdir(path.join(project.folder, "node_modules/@standdown"))).toEqual(["client"]);
  const { dependencies, peerDependencies } = JSON.parse(await readFile(path.join(installed, "package.json"), "utf8"));
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
});

test("the package exports what it says, and nothing else", async () => {
  await project.write("names.js", 'console.log(Object.keys(await import("@standdown/client")).join());');
  const names = "JobApiError,JobStopped,ResultTimeoutError,Standdown,runJob,runQuery\n";
  expect(await project.runNode("names.js", {})).toBe(names);
  await project.write("required.cjs", 'console.log(Object.keys(require("@standdown/client")).sort().join());');
  expect(await project.runNode("required.cjs", {})).toBe(names);
  await project.write(
    "inside.js",
    'await import("@standdown/client/dist/http.js").catch(({ code }) => console.log(code));',
  );
  expect(await project.runNode("inside.js", {})).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n");
});

describe("the README's example", () => {
  test("of a cancel waits for the receipt", async () => {
    const ready = Promise.withResolvers<string>();
    const worker = runJob({ endpoint: api.endpoint, token, job: query, heartbeatSeconds: 0.03 }, (signal, { uid }) => {
      ready.resolve(uid);
      return untilStopped(signal);
    });
    const JOB_UID = await ready.promise;
    const [first, ...steps] = (await runExample(0, { JOB_UID })).trim().split("\n");

    expect(first).toBe("stopped, by worker-acknowledged");
    const receipt = await api.get(`/jobs/${JOB_UID}/receipt`);
    expect(receipt).toMatchObject({ reason: "no longer needed", outcome: "stopped" });
    expect(steps).toEqual(receipt.steps.map(({ at, step }: Record<string, string>) => `${at} ${step}`));
    expect(await worker).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
  });

  test("of a worker does its work", async () => {
    for (const name of ["a", "b", "c"]) await project.write(`${name}.csv`, "1\n2\n");
    expect(await runExample(1)).toBe("succeeded succeeded\n");
  });

  test("of a list prints what runs", async () => {
    const { body } = await api.post("/jobs", { ...query, jobId: "listed" });
    expect(await runExample(2)).toContain(`${body.uid} listed ${body.registeredAt}\n`);
  });

  test("is each of the three that are there", () => {
    expect(examples).toHaveLength(3);
  });
});

describe("the types", () => {
  const consumer = `
    import {
      type JobEnd, JobApiError, type Receipt, ResultTimeoutError, runJob, Standdown, type StopReason,
    } from "@standdown/client";

    const standdown = new Standdown({ endpoint: "http://127.0.0.1:3000", token: async () => "token", timeout: 1000 });

    export const stop = async (uid: string, signal?: AbortSignal): Promise<Receipt["outcome"] | undefined> => {
      try {
        const cancellation = await standdown.job(uid).cancel({ reason: "no longer needed", signal });
        return (await cancellation.result({ timeout: 60_000, signal })).outcome;
      } catch (error) {
        if (error instanceof ResultTimeoutError) return error.receipt?.outcome;
        if (error instanceof JobApiError && error.code === "too-late") return undefined;
        throw error;
      }
    };

    export const labels = async (): Promise<string[]> => {
      const all: string[] = [];
      for await (const job of standdown.jobs.list({ service: "ges", state: "stopping" }, { pageSize: 10 }))
        all.push(...Object.keys(job.labels));
      return all;
    };

    export const work = (why: (reason: StopReason) => void): Promise<JobEnd<number>> =>
      runJob(
        { endpoint: "http://127.0.0.1:3000", token: "token", job: { service: "dds", scope: { projectId: "p" } } },
        async (signal, { start }) => { await start(); return signal.aborted ? 0 : 1; },
      );`;

  const compilers = {
    "TypeScript 7": "node_modules/typescript/bin/tsc",
    "TypeScript 5.9": "packages/client/node_modules/typescript/bin/tsc",
  };
  const settings = {
    module: "nodenext",
    target: "es2022",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  const platforms = {
    "the types of Node": { lib: ["es2023"], types: ["node"], typeRoots: [path.join(root, "node_modules/@types")] },
    "the types of the DOM alone": { lib: ["es2023", "dom"], types: [], skipLibCheck: false },
  };
  const compile = async (compiler: string, platform: object, text: string): Promise<string> => {
    await project.write("consumer.ts", text);
    const compilerOptions = { ...settings, ...platform };
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    return project.compile(path.join(root, compiler));
  };

  const combinations = Object.entries(compilers).flatMap(([name, compiler]) =>
    Object.entries(platforms).map(([on, platform]) => ({ name, compiler, on, platform })),
  );
  test.each(combinations)("are good for $name with $on", async ({ compiler, platform }) => {
    expect(await compile(compiler, platform, consumer)).toBe("");
  });

  test.each(Object.entries(compilers))("refuse in %s what the server would refuse", async (_, compiler) => {
    const wrong = consumer
      .replace('service: "ges"', 'service: "gas"')
      .replace("{ timeout: 60_000, signal }", "{ signal }")
      .replace('{ projectId: "p" }', "{}");
    const complaints = await compile(compiler, platforms["the types of Node"], wrong);
    expect(complaints.match(/^consumer\.ts.*error TS\d+/gm)).toHaveLength(3);
  });
});
