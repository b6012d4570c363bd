import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SQS } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import type { RunFacts } from "../../../packages/local/run-file.ts";
import { createGate, type Gate } from "./gate.ts";
import { type FixtureFunction, packageFixtures } from "./packaged-bundle.ts";

let gate: Gate;
let directory: string;
let works: FixtureFunction;
const children: ChildProcess[] = [];

beforeEach(async () => {
  gate = await createGate();
  const environment = { GATE: gate.url };
  const source = `export const http = async ({ body }) => {
    await fetch(process.env.GATE + "/" + process.pid);
    if (body) for (;;);
    return { statusCode: 200, body: "done" };
  };`;
  works = { source, timeoutSeconds: 20, environment };
  directory = await packageFixtures({ works });
  const developer = { name: "developer", tokens: [{ value: "dev-token" }], policies: [] };
  await writeFile(path.join(directory, "config.json"), JSON.stringify({ principals: [developer] }));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await gate.close();
  await rm(directory, { recursive: true, force: true });
});

const aws = { region: "eu-west-1", credentials: localCredentials };

/** Runs `packages/local/start.ts` as `npm start` does. */
const start = (settings: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [path.resolve("packages/local/start.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      STANDDOWN_SAMPLES: "0",
      STANDDOWN_PACKAGE: directory,
      STANDDOWN_DATA: path.join(directory, "data"),
      STANDDOWN_RUN_FILE: path.join(directory, "run.json"),
      STANDDOWN_CONFIG: path.join(directory, "config.json"),
      ...settings,
    },
  });
  children.push(child);
  const exited = once(child, "exit");
  const ready = Promise.withResolvers<void>();
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("standdown listening on http://127.0.0.1:")) ready.resolve();
    });
  }
  return { child, exited, lines, ready: Promise.race([ready.promise, exited]) };
};

const readFacts = async (): Promise<RunFacts> => JSON.parse(await readFile(path.join(directory, "run.json"), "utf8"));

/** Sends a request and waits until the function has it; gives the id of the function's process. */
const occupy = async (facts: RunFacts, body = "") => {
  const answer = fetch(`${facts.http}/works`, { method: "POST", body }).then(
    (response) => response.text(),
    () => "cut off",
  );
  const { path: route, open } = await gate.arrival();
  return { answer, open, pid: Number(route.slice(1)) };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Nothing of the stack answers or runs any more. */
const expectNothingLeft = async (facts: RunFacts, pid: number): Promise<void> => {
  await expect.poll(() => isAlive(pid), { interval: 10 }).toBe(false);
  const { http, lambda, dynamodb, sqs, events } = facts;
  for (const endpoint of [http, lambda, dynamodb.endpoint, sqs?.endpoint, events?.endpoint]) {
    if (endpoint === undefined) continue;
    const answers = () =>
      fetch(endpoint).then(
        () => "answers",
        () => "silent",
      );
    await expect.poll(answers, { interval: 10 }).toBe("silent");
  }
};

test("tells where everything is, once it is ready", async () => {
  const { child, ready, lines } = start();
  await ready;
  const facts = await readFacts();
  expect(facts).toEqual({
    http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    lambda: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    dynamodb: { endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), table: "standdown-dev-JobsTable" },
    functions: { works: "standdown-dev-works" },
    pid: child.pid,
    samples: [],
  });
  expect(lines.join("\n")).toContain(`standdown listening on ${facts.http}`);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s lets a request finish and leaves no process", async (signal) => {
  const { child, ready, exited, lines } = start();
  await ready;
  const facts = await readFacts();
  const { answer, open, pid } = await occupy(facts);
  child.kill(signal);
  await expect.poll(() => lines, { interval: 5 }).toContain("standdown is stopping");
  open();
  expect(await answer).toBe("done");
  expect(await exited).toEqual([0, null]);
  await expectNothingLeft(facts, pid);
  await expect(access(path.join(directory, "run.json"))).rejects.toThrow("ENOENT");
});

test("tells where the bus and the queues are, and lets a batch finish before their server ends", async () => {
  const packaged = await packageFixtures(
    { works },
    {
      Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "standdown-dev" } },
      Dead: { Type: "AWS::SQS::Queue" },
      ReconcileCancellationsQueue: { Type: "AWS::SQS::Queue" },
      CancelSqlJobQueue: {
        Type: "AWS::SQS::Queue",
        Properties: { RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 1 } },
      },
      Mapping: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          EventSourceArn: { "Fn::GetAtt": ["CancelSqlJobQueue", "Arn"] },
          FunctionName: { "Fn::GetAtt": ["worksFunction", "Arn"] },
        },
      },
    },
  );
  const { child, ready, exited, lines } = start({ STANDDOWN_PACKAGE: packaged });
  await ready;
  const facts = await readFacts();
  const { endpoint = "", queues = {} } = facts.sqs ?? {};
  const url = `${endpoint}/000000000000/standdown-dev-CancelSqlJobQueue`;
  const reconcileUrl = `${endpoint}/000000000000/standdown-dev-ReconcileCancellationsQueue`;
  expect(facts.events).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    bus: "standdown-dev",
  });
  expect(queues).toEqual({
    "reconcile-cancellations": { url: reconcileUrl },
    "cancel-sql-job": { url, deadLetterUrl: `${endpoint}/000000000000/standdown-dev-Dead` },
  });
  const printed = [
    `eventbridge endpoint    ${facts.events?.endpoint} (bus standdown-dev)`,
    `sqs endpoint            ${endpoint}`,
    `queue cancel-sql-job          ${url}`,
    `queue reconcile-cancellations ${reconcileUrl}`,
  ];
  await expect.poll(() => lines, { interval: 5 }).toEqual(expect.arrayContaining(printed));
  const sqs = new SQS({ ...aws, endpoint });
  await sqs.sendMessage({ QueueUrl: url, MessageBody: "1" });
  sqs.destroy();
  const { path: route, open } = await gate.arrival();
  child.kill("SIGTERM");
  await expect.poll(() => lines, { interval: 5 }).toContain("standdown is stopping");
  open();
  expect(await exited).toEqual([0, null]);
  await expectNothingLeft(facts, Number(route.slice(1)));
  expect(lines.join("\n")).not.toContain("failed");
  await rm(packaged, { recursive: true });
});

test("a second signal ends it at once, and leaves no process", async () => {
  const { child, ready, exited } = start();
  await ready;
  const facts = await readFacts();
  const { answer, pid } = await occupy(facts);
  const insist = setInterval(() => child.kill("SIGINT"), 50);
  expect(await exited).toEqual([1, null]);
  clearInterval(insist);
  expect(await answer).toBe("cut off");
  await expectNothingLeft(facts, pid);
});

test("SIGKILL leaves no process, be it in an endless loop", async () => {
  const { child, ready, exited } = start();
  await ready;
  const facts = await readFacts();
  const { answer, open, pid } = await occupy(facts, "loop");
  open();
  child.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);
  expect(await answer).toBe("cut off");
  await expectNothingLeft(facts, pid);
});

test("keeps the tables between runs", async () => {
  const connect = async () => new DynamoDB({ ...aws, endpoint: (await readFacts()).dynamodb.endpoint });
  const TableName = "standdown-dev-JobsTable";
  const first = start();
  await first.ready;
  const item = { pk: { S: "1" } };
  const before = await connect();
  await before.putItem({ TableName, Item: item });
  before.destroy();
  first.child.kill("SIGTERM");
  await first.exited;
  await start().ready;
  const afterwards = await connect();
  expect((await afterwards.getItem({ TableName, Key: item })).Item).toEqual(item);
  afterwards.destroy();
});

test("says in a few lines why it cannot start", async () => {
  const port = new URL(gate.url).port;
  const missing = path.join(directory, "nothing");
  const unusable = path.join(directory, "unusable.json");
  await writeFile(unusable, '{"principals":[{"name":"developer"}]}');
  const cases = [
    [{ PORT: port }, [`Port ${port} is in use; set PORT to another one, or to 0 for any.`]],
    [
      { STANDDOWN_CONFIG: missing },
      [`There is no configuration document at ${missing}; name one in STANDDOWN_CONFIG.`],
    ],
    [
      { STANDDOWN_CONFIG: unusable },
      [`the configuration in ${unusable} is not usable:`, "  - principals.0.policies is missing"],
    ],
    [
      { PORT: "a", STANDDOWN_DYNAMODB_ENDPOINT: "b" },
      [
        'PORT must be 0 to 65535, not "a".',
        'STANDDOWN_DYNAMODB_ENDPOINT must be a URL like http://127.0.0.1:8000, not "b".',
      ],
    ],
  ] as const;
  for (const [settings, lines] of cases) {
    const started = start(settings);
    expect(await started.exited).toEqual([1, null]);
    expect(started.lines).toEqual(lines);
  }
});
