import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGate, type Gate } from "./gate.ts";
import { type FixtureRunner, runFixtures } from "./packaged-bundle.ts";

/** Every answer names the process that gave it, so that a test can tell a fresh environment from a warm one. */
const answering = (work: string): string => `
  export const http = async (event, context) => {
    const body = event.body && JSON.parse(event.body);
    ${work}
    return { statusCode: 200, body: String(process.pid) };
  };`;

let gate: Gate;
let runner: FixtureRunner;

beforeAll(async () => {
  gate = await createGate();
  const environment = { GATE: gate.url };
  runner = await runFixtures(
    {
      "echoes-event": { source: "export const http = async (event) => ({ event });", route: "ANY /echo/{id}" },
      "shows-context": {
        source: `export const http = async (event, { getRemainingTimeInMillis, ...context }) =>
          ({ context, remaining: getRemainingTimeInMillis(), env: process.env, files: import.meta.url });`,
      },
      throws: { source: answering('if (body) throw new TypeError("no such thing");') },
      "throws-nothing": { source: answering("if (body) throw undefined;") },
      exits: { source: answering("if (body) process.exit(body.code);") },
      "cannot-load": { source: 'throw new Error("not today");' },
      "exports-nothing": { source: "export const other = 1;" },
      "answers-garbage": { source: "export const http = async () => ({ statusCode: 'teapot' });" },
      "answers-nothing": { source: "export const http = async () => {};" },
      "answers-too-much": { source: 'export const http = async () => "x".repeat(7 * 1024 * 1024);' },
      "never-ends": { source: answering("if (body) for (;;);"), timeoutSeconds: 1 },
      "waits-forever": {
        source: answering("if (body) await new Promise(() => setInterval(() => {}, 1000));"),
        timeoutSeconds: 1,
      },
      "throws-late": {
        source: answering(`
          if (body.late) fetch(process.env.GATE + "/late").then(() => {
            const fail = () => { throw new Error("too late"); };
            return body.late === "exception" ? void setImmediate(fail) : fail();
          });
          if (body.wait) await fetch(process.env.GATE + "/wait");`),
        environment,
      },
      waits: { source: answering('await fetch(process.env.GATE + "/" + body.n);'), environment },
      "too-slow": { source: answering('await fetch(process.env.GATE + "/slow");'), environment },
    },
    { limits: { perFunction: 2 }, integrationTimeoutMs: 3_000 },
  );
});

afterAll(async () => {
  await runner.stop();
  await gate.close();
});

const post = async (name: string, body?: object) => {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const response = await fetch(`${runner.http}/${name}`, { method: "POST", ...init });
  return { status: response.status, body: await response.text() };
};

const serverError = { status: 500, body: '{"message":"Internal Server Error"}' };

test("passes a request to the function of its route", async () => {
  const response = await fetch(`${runner.http}/echo/a%20b?x=%20`, {
    method: "PUT",
    body: "plain",
    headers: { "x-id": "7" },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({
    event: {
      version: "2.0",
      routeKey: "ANY /echo/{id}",
      rawPath: "/echo/a b",
      rawQueryString: "x=%20",
      headers: { "x-id": "7", "content-type": "text/plain;charset=UTF-8" },
      pathParameters: { id: "a b" },
      requestContext: { http: { method: "PUT", sourceIp: "127.0.0.1" }, stage: "$default" },
      body: "plain",
      isBase64Encoded: false,
    },
  });
});

test("gives a function the context and the environment that it has on AWS, and no other", async () => {
  const { context, remaining, env } = JSON.parse((await post("shows-context")).body);
  expect(context).toMatchObject({
    functionName: "standdown-dev-shows-context",
    functionVersion: "$LATEST",
    memoryLimitInMB: "256",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:standdown-dev-shows-context",
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(remaining).toBeGreaterThan(4_000);
  expect(remaining).toBeLessThanOrEqual(5_000);
  expect(env).toMatchObject({
    STANDDOWN_TABLE: "standdown-dev-JobsTable",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_DYNAMODB: runner.dynamodb.endpoint,
    STANDDOWN_CONFIG: expect.stringMatching(/^\/.*config\.json$/),
    STANDDOWN_SECRETS: expect.stringMatching(/^\/.*secrets\.json$/),
  });
  expect(env).not.toHaveProperty("AWS_ENDPOINT_URL_EVENTBRIDGE");
  expect(env).not.toHaveProperty("VITEST");
});

test("uses a warm environment again", async () => {
  expect(await post("throws")).toEqual(await post("throws"));
});

test.each(["throws", "throws-nothing"])("%s: 500, and the environment lives on", async (name) => {
  const before = await post(name);
  expect(await post(name, {})).toEqual(serverError);
  expect(await post(name)).toEqual(before);
});

test.each([
  ["exits", { code: 0 }],
  ["exits", { code: 7 }],
  ["never-ends", {}],
  ["waits-forever", {}],
])("%s %j: 500, and the next request gets a fresh environment", async (name, body) => {
  const before = await post(name);
  expect(await post(name, body)).toEqual(serverError);
  const after = await post(name);
  expect(after.status).toBe(200);
  expect(after.body).not.toBe(before.body);
});

test.each(["cannot-load", "exports-nothing", "answers-garbage", "answers-too-much"])(
  "%s: 500 each time",
  async (name) => {
    expect([await post(name), await post(name)]).toEqual([serverError, serverError]);
  },
);

test("a function that returns nothing answers null", async () => {
  expect(await post("answers-nothing")).toEqual({ status: 200, body: "null" });
});

const late = ["rejection", "exception"];

test.each(late)("a late %s ends only its environment, and the request that this has by then", async (kind) => {
  const first = await post("throws-late", { late: kind });
  const second = post("throws-late", { wait: true });
  const arrivals = [await gate.arrival(), await gate.arrival()];
  arrivals.find(({ path }) => path === "/late")?.open();
  expect(await second).toEqual(serverError);
  arrivals.find(({ path }) => path === "/wait")?.open();
  const third = await post("throws-late", {});
  expect(third.status).toBe(200);
  expect(third.body).not.toBe(first.body);
  expect(runner.output.join("\n")).toContain("[throws-late] Error: too late");
});

test.each(late)("a late %s while idle ends the environment, and later requests get a fresh one", async (kind) => {
  const first = await post("throws-late", { late: kind });
  (await gate.arrival()).open();
  await expect.poll(() => isAlive(Number(first.body)), { interval: 5 }).toBe(false);
  await expect.poll(() => post("throws-late", {}), { interval: 5 }).toMatchObject({ status: 200 });
});

test("runs no more than the limit at once, and the rest in turn", async () => {
  const before = gate.maxAtOnce();
  const answers = [1, 2, 3, 4, 5].map((n) => post("waits", { n }));
  // Both are held until both have come, so that there are two at once however slowly the second starts.
  const [first, second] = [await gate.arrival(), await gate.arrival()];
  first.open();
  second.open();
  for (let n = 2; n < 5; n++) (await gate.arrival()).open();
  const settled = await Promise.all(answers);
  expect(settled.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(new Set(settled.map(({ body }) => body)).size).toBe(2);
  expect(gate.maxAtOnce()).toBe(Math.max(before, 2));
});

test("stops waiting for a function that is too slow: 503", async () => {
  expect(await post("too-slow")).toEqual({ status: 503, body: '{"message":"Service Unavailable"}' });
  (await gate.arrival()).open();
});

test("answers 404 where no route matches", async () => {
  expect(await post("nothing/here")).toEqual({ status: 404, body: '{"message":"Not Found"}' });
});

test.each([
  ["10 MB at the gateway", 11],
  ["6 MB to a function", 7],
])("refuses a body over %s", async (_, megabytes) => {
  const body = "x".repeat(megabytes * 1024 * 1024);
  const response = await fetch(`${runner.http}/echo/1`, { method: "POST", body });
  expect(response.status).toBe(413);
  expect(await response.json()).toEqual({ message: "Request Entity Too Large" });
});

test("an id of 10,000 characters reaches the function", async () => {
  const id = "x".repeat(10_000);
  const { event } = (await (await fetch(`${runner.http}/echo/${id}`)).json()) as { event: { pathParameters: object } };
  expect(event.pathParameters).toEqual({ id });
});

test("malformed HTTP is answered with 400, and the server lives on", async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(runner.http).port), "127.0.0.1", () => socket.end("NOT HTTP\r\n\r\n"));
    socket.on("data", (chunk) => resolve(String(chunk))).on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect((await post("throws")).status).toBe(200);
});

test("a client that leaves early harms nobody", async () => {
  const impatient = request(`${runner.http}/waits`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  impatient.on("error", () => {}).end('{"n":0}');
  const arrival = await gate.arrival();
  impatient.destroy();
  arrival.open();
  const answer = post("waits", { n: 1 });
  (await gate.arrival()).open();
  expect((await answer).status).toBe(200);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
