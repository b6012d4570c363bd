import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EventBridge, startEventBridge } from "../../../../packages/local/events/server.ts";
import { localAccount } from "../../../../packages/local/template/resources.ts";
import { AwsError, AwsUnreachable, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { jsonLog } from "../../../../shared/adapters/cloudwatch/json-log.ts";
import { eventBridge, eventBridgeBus } from "../../../../shared/adapters/eventbridge/event-bus.ts";
import type { CloudEvent } from "../../../../shared/domain/outcome-event.ts";
import type { EventBus } from "../../../../shared/ports/event-bus.ts";
import { idsOf, outcomeEvents } from "../../../conformance/event-bus.ts";
import { type Answer, type AwsStandIn, startAwsStandIn } from "../../../support/stack/aws-stand-in.ts";
import { now } from "../../../support/stack/jobs.ts";
import { localAws } from "../../../support/stack/jobs-table.ts";

const logged: string[] = [];
const log = jsonLog(
  (line) => logged.push(line),
  () => now,
);

const busAt = (endpoint: string): EventBus =>
  eventBridgeBus(jsonClient(eventBridge, { ...localAws(""), endpoints: { events: endpoint } }), "standdown-test", log);

describe("the event bus", () => {
  let credentials: string;
  let server: EventBridge;
  const notes: string[] = [];
  beforeAll(async () => {
    credentials = await mkdtemp(path.join(tmpdir(), "standdown-bus-"));
    server = await startEventBridge({
      buses: [{ name: "standdown-test", arn: "arn:aws:events:eu-west-1:000000000000:event-bus/standdown-test" }],
      rules: [],
      account: localAccount("eu-west-1"),
      logFile: path.join(credentials, "events.log"),
      now: () => now,
      print: (line) => notes.push(line),
      note: (line) => notes.push(line),
    });
  });
  afterAll(async () => {
    await server.stop(0);
    await rm(credentials, { recursive: true });
  });

  /** What the bus has taken, in order. */
  const taken = async (): Promise<{ source: string; "detail-type": string; time: string; detail: CloudEvent }[]> => {
    const text = await readFile(path.join(credentials, "events.log"), "utf8");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  };

  test("gets every event whole, as the detail of an event of its type and time", async () => {
    const [event] = outcomeEvents(1);
    if (event === undefined) throw new Error("no event");
    expect(await busAt(server.endpoint).publish([event])).toEqual(new Set([event.id]));
    expect((await taken()).at(-1)).toMatchObject({
      source: "dev.standdown",
      "detail-type": "dev.standdown.cancellation.requested.v1",
      time: "2026-11-22T10:00:05Z",
      detail: event,
    });
    expect(notes).toEqual([]);
  });

  test("is not called for nothing", async () => {
    expect(await busAt("http://127.0.0.1:1").publish([])).toEqual(new Set());
  });

  test("that is gone takes nothing, which is told", async () => {
    await expect(busAt("http://127.0.0.1:1").publish(outcomeEvents(1))).rejects.toThrow(AwsUnreachable);
  });
});

describe("a bus that fails in part", () => {
  let standIn: AwsStandIn;
  const answers: Answer[] = [];
  beforeAll(async () => {
    standIn = await startAwsStandIn(() => answers.shift() ?? { type: "InternalFailure", status: 500 });
  });
  afterAll(() => standIn.stop());
  beforeEach(() => void answers.splice(0));

  const accepted = { EventId: "11111111-1111-1111-1111-111111111111" };
  const failed = { ErrorCode: "ThrottlingException", ErrorMessage: "slow down" };

  test("has taken those events that it gave an id", async () => {
    const three = outcomeEvents(3);
    answers.push({ body: { FailedEntryCount: 1, Entries: [accepted, failed, accepted] } });
    const [first, , third] = idsOf(three);
    expect([...(await busAt(standIn.endpoint).publish(three))]).toEqual([first, third]);
  });

  test("has taken those, also of a later call", async () => {
    const twelve = outcomeEvents(12);
    answers.push(
      { body: { FailedEntryCount: 10, Entries: Array.from({ length: 10 }, () => failed) } },
      { body: { FailedEntryCount: 1, Entries: [failed, accepted] } },
    );
    expect([...(await busAt(standIn.endpoint).publish(twelve))]).toEqual(idsOf(twelve).slice(11));
  });

  test("has taken what it took before and after a call that failed, which is logged", async () => {
    const many = outcomeEvents(22);
    const all = (count: number): Answer => ({ body: { Entries: Array.from({ length: count }, () => accepted) } });
    answers.push(all(10), { type: "ResourceNotFoundException" }, all(2));
    const ids = idsOf(many);
    expect([...(await busAt(standIn.endpoint).publish(many))]).toEqual([...ids.slice(0, 10), ...ids.slice(20)]);
    expect(JSON.parse(logged.at(-1) ?? "")).toMatchObject({ error: { message: "ResourceNotFoundException (400)" } });
  });

  test("is given no more than 256 KB at once", async () => {
    answers.push(...Array.from({ length: 3 }, (): Answer => ({ body: { Entries: [accepted, accepted, accepted] } })));
    const large = outcomeEvents(9, "x".repeat(60_000));
    expect([...(await busAt(standIn.endpoint).publish(large))]).toEqual(idsOf(large));
    const sizes = standIn.asked.slice(-3).map(({ input }) => Buffer.byteLength(JSON.stringify(input.Entries)));
    expect(sizes.every((bytes) => bytes > 180_000 && bytes < 256 * 1024)).toBe(true);
  });

  test("and has taken none is told", async () => {
    answers.push({ type: "ResourceNotFoundException" });
    await expect(busAt(standIn.endpoint).publish(outcomeEvents(1))).rejects.toThrow(AwsError);
  });
});
