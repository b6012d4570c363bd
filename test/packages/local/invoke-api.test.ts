import { afterAll, beforeAll, expect, test } from "vitest";
import { createGate, type Gate } from "./gate.ts";
import { type FixtureRunner, runFixtures } from "./packaged-bundle.ts";

let gate: Gate;
let runner: FixtureRunner;

beforeAll(async () => {
  gate = await createGate();
  runner = await runFixtures({
    sweep: {
      source: `export const http = async (event) => {
        if (event.fail) throw new RangeError("out of range");
        if (event.knock) await fetch(process.env.GATE);
        return { event };
      };`,
      environment: { GATE: gate.url },
    },
    hangs: { source: "export const http = async () => { for (;;); };", timeoutSeconds: 1 },
    exits: { source: "export const http = async () => process.exit(3);" },
  });
});

afterAll(async () => {
  await runner.stop();
  await gate.close();
});

const invoke = async (name: string, event: unknown = {}, type?: string) => {
  const response = await fetch(`${runner.lambda}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: "POST",
    body: typeof event === "string" ? event : JSON.stringify(event),
    headers: type === undefined ? {} : { "x-amz-invocation-type": type },
  });
  const text = await response.text();
  return {
    status: response.status,
    functionError: response.headers.get("x-amz-function-error"),
    errorType: response.headers.get("x-amzn-errortype"),
    body: text && JSON.parse(text),
  };
};

test.each([
  "sweep",
  "standdown-dev-sweep",
  "standdown-dev-sweep:$LATEST",
  "000000000000:function:standdown-dev-sweep",
  "arn:aws:lambda:eu-west-1:000000000000:function:standdown-dev-sweep",
  "arn:aws:lambda:eu-west-1:000000000000:function:standdown-dev-sweep:$LATEST",
])("invokes the function that %s names", async (name) => {
  expect(await invoke(name, { id: 1 })).toMatchObject({ status: 200, functionError: null, body: { event: { id: 1 } } });
});

test("an event that is left out is an empty object", async () => {
  expect((await invoke("sweep", "")).body).toEqual({ event: {} });
});

test("a function's error is its answer, with the error's name, message and trace", async () => {
  expect(await invoke("sweep", { fail: true })).toMatchObject({
    status: 200,
    functionError: "Unhandled",
    body: {
      errorType: "RangeError",
      errorMessage: "out of range",
      trace: expect.arrayContaining(["RangeError: out of range"]),
    },
  });
});

test("a timeout and a crash are told apart", async () => {
  const [hangs, exits] = await Promise.all([invoke("hangs"), invoke("exits")]);
  expect(hangs).toMatchObject({ status: 200, functionError: "Unhandled", body: { errorType: "Sandbox.Timedout" } });
  expect(hangs.body.errorMessage).toContain("Task timed out after 1.00 seconds");
  expect(exits).toMatchObject({ status: 200, functionError: "Unhandled", body: { errorType: "Runtime.ExitError" } });
  expect(exits.body.errorMessage).toContain("Runtime exited with error: exit status 3");
});

test("Event answers at once and the function runs all the same", async () => {
  expect(await invoke("sweep", { knock: true }, "Event")).toMatchObject({ status: 202, body: "" });
  (await gate.arrival()).open();
});

test("DryRun runs nothing", async () => {
  expect(await invoke("sweep", { fail: true }, "DryRun")).toMatchObject({ status: 204, functionError: null, body: "" });
});

test("refuses as Lambda does", async () => {
  expect(await invoke("nobody")).toMatchObject({
    status: 404,
    errorType: "ResourceNotFoundException",
    body: { Type: "User", Message: "Function not found: nobody" },
  });
  expect(await invoke("sweep", "{")).toMatchObject({ status: 400, errorType: "InvalidRequestContentException" });
  expect(await invoke("sweep", {}, "Later")).toMatchObject({
    status: 400,
    errorType: "InvalidParameterValueException",
  });
  const large = JSON.stringify("x".repeat(6 * 1024 * 1024));
  expect(await invoke("sweep", large)).toMatchObject({ status: 413, errorType: "RequestTooLargeException" });
});
