import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGate, type Gate } from "./gate.ts";
import { runFixtures } from "./packaged-bundle.ts";

let gate: Gate;
let data: string;

beforeEach(async () => {
  gate = await createGate();
  data = await mkdtemp(path.join(tmpdir(), "standdown-events-"));
});

afterEach(async () => {
  await gate.close();
  await rm(data, { recursive: true });
});

/** Publishes its event once it is let through the gate. */
const publishing = `export const http = async ({ body }) => {
  await fetch(process.env.GATE);
  const Detail = JSON.stringify({ reason: body });
  const Entries = [{ EventBusName: process.env.STANDDOWN_EVENT_BUS, Source: "a", DetailType: "b", Detail }];
  const response = await fetch(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
    body: JSON.stringify({ Entries }),
  });
  const { FailedEntryCount } = await response.json();
  return { statusCode: 200, body: String(FailedEntryCount) };
};`;

const run = () =>
  runFixtures(
    { publishes: { source: publishing, environment: { GATE: gate.url, STANDDOWN_EVENT_BUS: { Ref: "Bus" } } } },
    {
      dataDirectory: data,
      resources: { Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "standdown-dev" } } },
    },
  );

test("a function may publish while it finishes, and the log keeps the events of earlier runs", async () => {
  for (const body of ["first", "second"]) {
    const runner = await run();
    const answer = fetch(`${runner.http}/publishes`, { method: "POST", body });
    const { open } = await gate.arrival();
    const stopping = runner.stop();
    // No more connections: it is stopping.
    await expect
      .poll(() =>
        fetch(runner.http).then(
          () => "open",
          () => "closed",
        ),
      )
      .toBe("closed");
    open();
    expect(await (await answer).text()).toBe("0");
    await stopping;
    await expect(fetch(runner.events?.endpoint ?? "")).rejects.toThrow("fetch failed");
  }
  const lines = (await readFile(path.join(data, "logs/events.log"), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).detail)).toEqual([{ reason: "first" }, { reason: "second" }]);
});
