import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import { createManualTimer } from "./manual-timer.ts";
import { type FixtureResources, type FixtureRunner, runFixtures } from "./packaged-bundle.ts";

const queue = { Type: "AWS::SQS::Queue" };
const rule = (operation: string, ...targets: object[]) => ({
  Type: "AWS::Events::Rule",
  Properties: {
    EventBusName: { Ref: "Bus" },
    EventPattern: { "detail-type": ["cancel.requested"], detail: { operation: [operation] } },
    Targets: targets,
  },
});
const target = (name: string, others: object = {}) => ({
  Arn: { "Fn::GetAtt": [name, "Arn"] },
  Id: name,
  ...others,
});
const resources: FixtureResources = {
  Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "standdown-dev" } },
  SqlJobs: queue,
  GraphJobs: queue,
  Details: queue,
  Constants: queue,
  Gone: queue,
  SqlRule: rule("cancel-sql-job", target("SqlJobs")),
  GraphRule: rule("cancel-graph-job", target("GraphJobs")),
  GraphRuleToo: rule(
    "cancel-graph-job",
    target("Details", { InputPath: "$.detail.job" }),
    target("Constants", { Input: '{"kind":"graph"}' }),
  ),
  GoneRule: rule("cancel-scheduled-task", target("Gone"), target("SqlJobs")),
};

const now = "2026-11-22T10:00:01.512Z";
let data: string;
let runner: FixtureRunner;
let client: EventBridgeClient;
let sqs: SQS;

const settings = { region: "eu-west-1", credentials: localCredentials, maxAttempts: 1 };
const clientOf = ({ events }: FixtureRunner): EventBridgeClient =>
  new EventBridgeClient({ ...settings, endpoint: events?.endpoint ?? "" });

beforeAll(async () => {
  data = await mkdtemp(path.join(tmpdir(), "standdown-events-"));
  const timer = createManualTimer(Date.parse(now));
  runner = await runFixtures({}, { resources, dataDirectory: data, timer });
  client = clientOf(runner);
  sqs = new SQS({ ...settings, endpoint: runner.sqs?.endpoint ?? "" });
});

afterAll(async () => {
  sqs.destroy();
  await runner.stop();
  await rm(data, { recursive: true });
});

const entry = (operation: string, others: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
  EventBusName: "standdown-dev",
  Source: "dev.standdown",
  DetailType: "cancel.requested",
  Detail: JSON.stringify({ operation, job: { id: "42" } }),
  ...others,
});
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

/** What has come to a queue since it was last asked. An answer to PutEvents means that everything has. */
const take = async (name: string): Promise<unknown[]> => {
  const QueueUrl = `${runner.sqs?.endpoint}/000000000000/standdown-dev-${name}`;
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
  for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
  return Messages.map(({ Body = "" }) => JSON.parse(Body));
};
const logged = async (directory = data): Promise<{ id: string }[]> => {
  const text = await readFile(path.join(directory, "logs/events.log"), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

beforeEach(async () => {
  for (const name of ["SqlJobs", "GraphJobs", "Details", "Constants"]) await take(name);
});

test("tells where the bus is", () => {
  const endpoint = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(runner.events).toEqual({ endpoint, bus: "standdown-dev" });
});

test("brings an event to the queues of the rules that match, and to the log", async () => {
  const answer = await put(entry("cancel-sql-job", { Resources: ["arn:job/42"] }));
  expect(answer).toMatchObject({
    FailedEntryCount: 0,
    Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
  });
  const event = {
    version: "0",
    id: answer.Entries?.[0]?.EventId,
    "detail-type": "cancel.requested",
    source: "dev.standdown",
    account: "000000000000",
    time: "2026-11-22T10:00:01Z",
    region: "eu-west-1",
    resources: ["arn:job/42"],
    detail: { operation: "cancel-sql-job", job: { id: "42" } },
  };
  expect(await take("SqlJobs")).toEqual([event]);
  expect(await take("GraphJobs")).toEqual([]);
  // The log keeps what is known to be no secret.
  const kept = { ...event, detail: { operation: "cancel-sql-job", job: "[redacted]" } };
  expect((await logged()).at(-1)).toEqual(kept);
  const { mode } = await stat(path.join(data, "logs/events.log"));
  expect(mode & 0o777).toBe(0o600);
});

test("an event that no rule wants is kept in the log alone", async () => {
  const { Entries } = await put(
    entry("cancel-sql-job", { DetailType: "cancel.done" }),
    entry("cancel-upload-document-job"),
  );
  expect(await take("SqlJobs")).toEqual([]);
  expect((await logged()).slice(-2).map(({ id }) => id)).toEqual(Entries?.map(({ EventId }) => EventId));
});

test("applies InputPath and Input, and the time and the ARN of the entry", async () => {
  const EventBusName = "arn:aws:events:eu-west-1:000000000000:event-bus/standdown-dev";
  await put(entry("cancel-graph-job", { EventBusName, Time: new Date("2026-01-02T03:04:05.678Z") }));
  expect(await take("GraphJobs")).toMatchObject([{ time: "2026-01-02T03:04:05Z" }]);
  expect(await take("Details")).toEqual([{ id: "42" }]);
  expect(await take("Constants")).toEqual([{ kind: "graph" }]);
});

test("what a path does not lead to is not delivered, and noted", async () => {
  const { Entries } = await put(entry("cancel-graph-job", { Detail: '{"operation":"cancel-graph-job"}' }));
  expect(await take("Details")).toEqual([]);
  const problem = "it has nothing at $.detail.job.";
  expect(runner.output).toContain(
    `[events] GraphRuleToo cannot deliver event ${Entries?.[0]?.EventId} to standdown-dev-Details: ${problem}`,
  );
});

test("a queue that is gone does not concern the publisher or the other targets", async () => {
  await sqs.deleteQueue({ QueueUrl: runner.sqs?.queues.gone?.url });
  const { FailedEntryCount, Entries } = await put(entry("cancel-scheduled-task"));
  expect(FailedEntryCount).toBe(0);
  expect(await take("SqlJobs")).toHaveLength(1);
  const note = `[events] GoneRule cannot deliver event ${Entries?.[0]?.EventId} to standdown-dev-Gone`;
  expect(runner.output).toContain(`${note}: The specified queue does not exist.`);
});

test.each(["default", "other", undefined])(
  "an event for the bus %s is accepted and dropped, as on AWS",
  async (bus) => {
    const before = await logged();
    const { FailedEntryCount, Entries } = await put({ ...entry("cancel-sql-job"), EventBusName: bus });
    expect(FailedEntryCount).toBe(0);
    expect(await take("SqlJobs")).toEqual([]);
    expect(await logged()).toEqual(before);
    const dropped = `event ${Entries?.[0]?.EventId} (cancel.requested) is dropped, as AWS does it`;
    expect(runner.output).toContain(`[events] ${dropped}: there is no bus ${bus ?? "default"}`);
  },
);

const missing = (name: string) => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});
const malformed = { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
const { Source, DetailType, Detail } = entry("cancel-sql-job");
test.each<[string, PutEventsRequestEntry, object]>([
  ["everything", {}, missing("Source")],
  ["Source", { DetailType, Detail }, missing("Source")],
  ["DetailType and Detail", { Source }, missing("DetailType")],
  ["Detail", { Source, DetailType }, missing("Detail")],
  ["JSON in Detail", { Source, DetailType, Detail: "{" }, malformed],
  ["an object in Detail", { Source, DetailType, Detail: "[]" }, malformed],
  ["null in Detail", { Source, DetailType, Detail: "null" }, malformed],
  [
    "a source of one's own",
    { Source: "aws.ecs", DetailType, Detail },
    { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." },
  ],
])("an entry without %s fails alone", async (_, faulty, failure) => {
  const before = await logged();
  const { FailedEntryCount, Entries } = await put(
    entry("cancel-sql-job"),
    { EventBusName: "standdown-dev", ...faulty },
    entry("cancel-graph-job"),
  );
  const EventId = expect.any(String);
  expect(FailedEntryCount).toBe(1);
  expect(Entries).toEqual([{ EventId }, failure, { EventId }]);
  expect(await logged()).toHaveLength(before.length + 2);
  expect([await take("SqlJobs"), await take("GraphJobs")].map(({ length }) => length)).toEqual([1, 1]);
});

const tooMany = "Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10";
const tooFew =
  "Value '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1";
const half = "x".repeat(512 * 1024);
test.each<[string, PutEventsRequestEntry[], string]>([
  ["no entries", [], `1 validation error detected: ${tooFew}`],
  ["eleven entries", Array(11).fill(entry("cancel-sql-job")), `1 validation error detected: ${tooMany}`],
  [
    "more than 1 MB",
    [entry("a", { Detail: half }), entry("a", { Detail: half })],
    "Total size of the entries in the request is over the limit.",
  ],
])("refuses %s", async (_, entries, message) => {
  const refused = await put(...entries).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: "ValidationException", message, $metadata: { httpStatusCode: 400 } });
  expect(await take("SqlJobs")).toEqual([]);
});

test("ten entries, and 1 MB to the byte, are taken", async () => {
  const small = Array(9).fill(entry("a", { Source: "s", DetailType: "t", Detail: "{}" }));
  const detail = '{"a":""}';
  const room = 1024 * 1024 - 9 * 4 - 2 - detail.length;
  const large = entry("a", { Source: "s", DetailType: "t", Detail: `{"a":"${"x".repeat(room)}"}` });
  expect(await put(...small, large)).toMatchObject({ FailedEntryCount: 0 });
});

test("serves no other operation", async () => {
  const refused = await client.send(new ListRulesCommand({})).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: "UnknownOperationException", $metadata: { httpStatusCode: 400 } });
});

const nothing =
  "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null";
const unreadable = "The request cannot be read as its operation's.";
test.each([
  ["no JSON", "{", "SerializationException", unreadable],
  ["no list of entries", '{"Entries":{}}', "SerializationException", unreadable],
  ["an entry that is no object", '{"Entries":["a"]}', "SerializationException", unreadable],
  ["a detail that is no string", '{"Entries":[{"Detail":{}}]}', "SerializationException", unreadable],
  ["a resource that is no string", '{"Entries":[{"Resources":[1]}]}', "SerializationException", unreadable],
  ["a time that is no number", '{"Entries":[{"Time":"2026-01-01T00:00:00Z"}]}', "SerializationException", unreadable],
  ["a time beyond all dates", '{"Entries":[{"Time":1e300}]}', "SerializationException", unreadable],
  ["an empty object", "{}", "ValidationException", nothing],
])("refuses %s", async (_, body, type, message) => {
  const response = await fetch(runner.events?.endpoint ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
    body,
  });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
  expect(await response.json()).toEqual({ __type: type, message });
});
