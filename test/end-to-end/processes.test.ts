import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { close, listen } from "../../packages/local/platform/listen.ts";
import { newDirectory, type Standdown, startStanddown } from "../support/end-to-end/end-to-end.ts";
import { clientOf } from "../support/end-to-end/end-to-end-client.ts";
import { familyOf, processesOf, survivors } from "../support/end-to-end/end-to-end-processes.ts";

const project = "b02ce40e8cb84a8e980fdb11fac657db";
const gibibyte = 1024 ** 3;

/** Makes every function with a route start, several times over: each environment is a process. */
const useAllFunctions = async ({ facts }: Standdown): Promise<void> => {
  const send = clientOf(facts.http);
  const targets = [
    ["POST", "/"],
    ["DELETE", `/v1.0/${project}/jobs/1`],
    ["DELETE", `/v3/${project}/scheduled-jobs/1`],
    ["DELETE", `/ges/v1.0/${project}/graphs/movies/jobs/1`],
    ["GET", "/jobs"],
    ["GET", "/openapi.json"],
    ["GET", "/nothing"],
  ] as const;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => targets.map(([method, target]) => send(method, target))).flat(),
  );
  expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
};

/** Fails if anybody listens there. */
const isFree = async (url: string): Promise<boolean> => {
  const server = createServer();
  await listen(server, Number(new URL(url).port));
  await close(server);
  return true;
};

describe("npm start", () => {
  const endings: readonly [name: string, end: (standdown: Standdown) => Promise<number | null>][] = [
    ["SIGTERM, as a service manager sends it", ({ end }) => end("SIGTERM")],
    ["SIGINT", ({ end }) => end("SIGINT")],
    ["Ctrl-C, which reaches npm and the runner", ({ interrupt }) => interrupt()],
  ];

  test.each(endings)("leaves nothing behind after %s", async (_, end) => {
    const data = await newDirectory();
    const standdown = await startStanddown({ data, samples: true });
    try {
      await useAllFunctions(standdown);
      const family = familyOf(standdown.npm);
      // npm, the runner, the table, the functions and their guards.
      expect(family.length).toBeGreaterThan(10);
      const residentBytes = family.reduce((sum, one) => sum + one.residentBytes, 0);
      console.log(`npm start uses ${Math.round(residentBytes / 1024 ** 2)} MiB in ${family.length} processes`);
      expect(residentBytes).toBeLessThan(1.5 * gibibyte);

      expect(await end(standdown)).toBe(0);

      expect(survivors(family)).toEqual([]);
      expect(processesOf(data)).toEqual([]);
      const { http, lambda, dynamodb } = standdown.facts;
      for (const url of [http, lambda, dynamodb.endpoint]) expect(await isFree(url)).toBe(true);
    } finally {
      await standdown.stop();
      await rm(data, { recursive: true, force: true });
    }
  });

  test("packages and is ready in seconds", async () => {
    const standdown = await startStanddown({ packaging: true });
    try {
      console.log(`npm start was ready after ${(standdown.readyInMs / 1000).toFixed(1)} s, packaging included`);
      expect(standdown.output()).toContain("Service packaged");
      expect((await clientOf(standdown.facts.http)("GET", "/openapi.json")).status).toBe(200);
    } finally {
      await standdown.stop();
    }
  });
});
