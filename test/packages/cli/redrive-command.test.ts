import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelOperations } from "../../../functions/registry.ts";
import { close, listen } from "../../../packages/local/platform/listen.ts";
import type { QueueUrls } from "../../../shared/adapters/sqs/source-queue.ts";
import { cancelBody } from "./redrive-run.ts";
import { type RedriveStack, startRedriveStack } from "./redrive-stack.ts";

let stack: RedriveStack;
let directory: string;
let noFile: string;

beforeAll(async () => {
  stack = await startRedriveStack();
  directory = await mkdtemp(path.join(tmpdir(), "redrive-"));
  noFile = path.join(directory, "none.json");
});
afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true });
});

const start = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [path.resolve("packages/cli/standdown.js"), "redrive", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });

const redrive = async (args: readonly string[], env: NodeJS.ProcessEnv = { STANDDOWN_RUN_FILE: noFile }) => {
  const child = start(args, env);
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding("utf8").toArray());
  const [code] = await once(child, "exit");
  return { code, out: (await out)?.join(""), err: (await err)?.join("") };
};

/** What the runner writes, as far as it is read here. */
const runFile = async (queue: QueueUrls, endpoint = stack.endpoint) => {
  const { endpoint: dynamodb, table } = stack.table;
  const queues = { "cancel-sql-job": { url: queue.queue, deadLetterUrl: queue.deadLetters } };
  const file = path.join(directory, `${path.basename(queue.queue)}.json`);
  await writeFile(file, JSON.stringify({ sqs: { endpoint, queues }, dynamodb: { endpoint: dynamodb, table } }));
  return { STANDDOWN_RUN_FILE: file };
};

const deadLettered = async () => {
  const queue = await stack.queue();
  const { jobId, uid } = await stack.registered();
  const id = await stack.send(queue.deadLetters, cancelBody(jobId));
  return { queue, id, line: `dli ${jobId} ${uid}: its job is running` };
};

describe("the stack that runs here", () => {
  test("has its messages moved", async () => {
    const { queue, id, line } = await deadLettered();
    const head = `dead letters of cancel-sql-job, ${stack.endpoint}`;
    const env = await runFile(queue);
    const dry = `${head}\n${id} would be moved ${line}\n1 would be moved, 0 would be settled, 0 would be kept\n`;
    expect(await redrive(["cancel-sql-job", "--dry-run"], env)).toEqual({ code: 0, out: dry, err: "" });
    expect(await stack.count(queue.queue)).toEqual({ visible: 0, inFlight: 0 });
    const out = `${head}\n${id} moved ${line}\n1 moved, 0 settled, 0 kept\n`;
    expect(await redrive(["cancel-sql-job"], env)).toEqual({ code: 0, out, err: "" });
    expect(await stack.count(queue.queue)).toEqual({ visible: 1, inFlight: 0 });
    expect(await redrive(["--max", "1", "cancel-sql-job"], env)).toMatchObject({ code: 0 });
  });

  test("may look at some messages only", async () => {
    const { queue } = await deadLettered();
    await stack.send(queue.deadLetters, cancelBody("unknown"));
    const { out } = await redrive(["cancel-sql-job", "--max", "1"], await runFile(queue));
    expect(out?.split("\n")).toHaveLength(4);
  });

  test("has no queue of an operation that came later", async () => {
    const { code, err } = await redrive(["cancel-graph-job"], await runFile(await stack.queue()));
    expect({ code, err }).toEqual({
      code: 1,
      err: "the stack that runs here has no queue with dead letters for cancel-graph-job\n",
    });
  });

  test("fails where it has ended and left its file", async () => {
    const server = http.createServer();
    const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
    await close(server, 0);
    const { code, out } = await redrive(["cancel-sql-job"], await runFile(await stack.queue(), endpoint));
    expect(code).toBe(1);
    expect(out).toMatch(/cannot be received: no answer: .*ECONNREFUSED.*\n0 moved, 0 settled, 0 kept, 1 failed\n$/s);
  });

  test("loses nothing when the command is killed between sending and removing", async () => {
    const { queue } = await deadLettered();
    const killed = Promise.withResolvers<void>();
    let child: ChildProcess | undefined;
    const proxy = http.createServer((request, response) => {
      if (request.headers["x-amz-target"] === "AmazonSQS.DeleteMessage") {
        child?.kill("SIGKILL");
        return killed.resolve();
      }
      const options = { method: "POST", headers: request.headers };
      return void request.pipe(http.request(stack.endpoint, options, (reply) => void reply.pipe(response)));
    });
    const endpoint = `http://127.0.0.1:${await listen(proxy, 0)}`;
    child = start(["cancel-sql-job"], await runFile(queue, endpoint));
    const ended = once(child, "exit");
    await killed.promise;
    expect(await ended).toEqual([null, "SIGKILL"]);
    await close(proxy, 0);
    expect(await stack.count(queue.queue)).toEqual({ visible: 1, inFlight: 0 });
    // Until its visibility timeout is over.
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 0, inFlight: 1 });
  });

  test("is not taken for absent when its file cannot be read", async () => {
    const file = path.join(directory, "broken.json");
    await writeFile(file, "{");
    const { code, err } = await redrive(["cancel-sql-job"], { STANDDOWN_RUN_FILE: file });
    expect(code).toBe(1);
    expect(err).toContain(`${file} cannot be read: `);
  });
});

describe("AWS", () => {
  const inCloud = () => ({
    STANDDOWN_RUN_FILE: noFile,
    STANDDOWN_STAGE: "prod",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "k",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_SESSION_TOKEN: "t",
    STANDDOWN_TABLE: stack.table.table,
    AWS_ENDPOINT_URL_SQS: stack.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: stack.table.endpoint,
  });

  test("is meant where no stack runs here", async () => {
    const queue = await stack.queue("standdown-prod-cancel-sql-job");
    const { jobId } = await stack.registered();
    await stack.send(queue.deadLetters, cancelBody(jobId));
    const { code, out } = await redrive(["cancel-sql-job"], inCloud());
    expect(out).toMatch(/^dead letters of cancel-sql-job, AWS, stage prod in eu-west-1\n.* moved dli .*\n1 moved,/);
    expect(code).toBe(0);
    expect(await stack.count(queue.queue)).toEqual({ visible: 1, inFlight: 0 });
  });

  test("is asked for the queues of its stage", async () => {
    const { STANDDOWN_STAGE: _, ...env } = inCloud();
    const { code, err } = await redrive(["cancel-sql-job"], env);
    expect(code).toBe(1);
    expect(err).toMatch(/^standdown-dev-cancel-sql-job(-dead-letters)? in eu-west-1: QueueDoesNotExist \(400\)\n$/);
  });

  test("needs settings, and is told all that are missing", async () => {
    const { code, err } = await redrive(["cancel-sql-job"], { STANDDOWN_RUN_FILE: noFile, AWS_REGION: "eu-west-1" });
    expect(code).toBe(1);
    expect(err).toMatch(/are missing: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, STANDDOWN_TABLE\n$/);
  });
});

test.each<readonly string[][]>([
  [[]],
  [["cancel-everything"]],
  [["--dry-run"]],
  [["cancel-sql-job", "cancel-graph-job"]],
  [["cancel-sql-job", "--max", "0"]],
  [["cancel-sql-job", "--max", "some"]],
  [["cancel-sql-job", "--force"]],
])("explains itself when it is called with %j", async (args) => {
  const { code, out, err } = await redrive(args ?? []);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^usage: npm run redrive -- <operation>/);
  for (const { name } of cancelOperations) expect(err).toContain(`\n  ${name}\n`);
});
