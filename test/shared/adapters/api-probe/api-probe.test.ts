import { createServer } from "node:http";
import { expect, test } from "vitest";
import { close, freePort, listen } from "../../../../packages/local/platform/listen.ts";
import { apiProbe } from "../../../../shared/adapters/api-probe/api-probe.ts";

test.each([
  [401, true],
  [200, false],
  [429, false],
  [500, false],
])("an API that answers %i without a token is up: %s", async (status, isUp) => {
  const asked: unknown[] = [];
  const server = createServer(({ method, url, headers: { authorization } }, response) => {
    asked.push([method, url, authorization]);
    response.writeHead(status).end("{}");
  });
  const port = await listen(server);
  expect(await apiProbe(`http://127.0.0.1:${port}`).isUp()).toBe(isUp);
  expect(asked).toEqual([["GET", "/jobs", undefined]]);
  await close(server);
});

test("an API that is not there is not up, and one that nobody has the address of is taken to be", async () => {
  expect(await apiProbe(`http://127.0.0.1:${await freePort()}`).isUp()).toBe(false);
  expect(await apiProbe(undefined).isUp()).toBe(true);
});
