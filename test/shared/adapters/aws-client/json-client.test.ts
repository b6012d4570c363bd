import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type AwsClient,
  AwsError,
  AwsUnreachable,
  callUntil,
  jsonClient,
} from "../../../../shared/adapters/aws-client/json-client.ts";
import { deadlineIn } from "../../../../shared/concurrency/deadline.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const service = { name: "dynamodb", target: "DynamoDB_20120810", contentType: "application/x-amz-json-1.0" } as const;
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

let server: http.Server;
let answers: Answer[];
let seen: { readonly method: string | undefined; readonly target: unknown; readonly body: string }[];
let sockets: Set<unknown>;
let client: AwsClient;

beforeEach(async () => {
  answers = [];
  seen = [];
  sockets = new Set();
  server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    sockets.add(request.socket);
    seen.push({ method: request.method, target: request.headers["x-amz-target"], body });
    const answer = answers.shift() ?? ((given) => given.end("{}"));
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoints = { dynamodb: `http://127.0.0.1:${port}` };
  client = jsonClient(service, { region: "eu-central-1", credentials, endpoints, attemptMs: 300 });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const status =
  (code: number, text: string): Answer =>
  (response) => {
    response.statusCode = code;
    response.end(text);
  };
const drop: Answer = (_, request) => request.socket.destroy();
const half: Answer = (response, request) => {
  response.writeHead(200, { "content-length": "20" });
  response.write('{"half":', () => request.socket.destroy());
};
const silence: Answer = () => {};

describe("a call", () => {
  test("is one POST with the operation, and gives what was answered", async () => {
    answers.push(status(200, '{"Item":{"pk":{"S":"1"}}}'));
    expect(await client("GetItem", { TableName: "täble" })).toEqual({ Item: { pk: { S: "1" } } });
    expect(seen).toEqual([{ method: "POST", target: "DynamoDB_20120810.GetItem", body: '{"TableName":"täble"}' }]);
  });

  test("takes an empty body for an empty answer", async () => {
    answers.push(status(200, ""));
    expect(await client("DeleteMessage", {})).toEqual({});
  });

  test("goes over the connection of the call before", async () => {
    for (let i = 0; i < 5; i++) await client("GetItem", {});
    expect(sockets.size).toBe(1);
  });

  test.each([
    ["throttled", status(400, '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}')],
    ["failed", status(500, "{}")],
    ["dropped", drop],
    ["cut off", half],
    ["left without an answer", silence],
  ])("that was %s is tried again", async (_, fault) => {
    answers.push(fault, fault, status(200, '{"third":true}'));
    expect(await client("UpdateItem", {})).toEqual({ third: true });
    expect(seen).toHaveLength(3);
  });

  test("is tried three times, and then says what it met last", async () => {
    answers.push(...Array.from({ length: 3 }, () => status(503, '{"__type":"x#ServiceUnavailable"}')));
    await expect(client("UpdateItem", {})).rejects.toMatchObject({ code: "ServiceUnavailable", status: 503 });
    answers.push(drop, drop, drop);
    await expect(client("UpdateItem", {})).rejects.toBeInstanceOf(AwsUnreachable);
    expect(seen).toHaveLength(6);
  });

  test("that was refused is not tried again, and the error has what came with it", async () => {
    const refusal = { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", Item: { a: 1 } };
    answers.push(status(400, JSON.stringify(refusal)));
    const refused = await client("UpdateItem", {}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AwsError);
    expect(refused).toMatchObject({ code: "ConditionalCheckFailedException", status: 400, body: refusal });
    expect(seen).toHaveLength(1);
  });

  test.each(["<html>", "null", "[1", '"text"'])("answered with %s is an error, not an answer", async (text) => {
    answers.push(status(200, text));
    await expect(client("GetItem", {})).rejects.toMatchObject({ code: "UnknownError", status: 200 });
    expect(seen).toHaveLength(1);
  });

  test("asks nothing once its deadline has passed, and waits no longer than that", async () => {
    await expect(client("GetItem", {}, deadlineIn(0))).rejects.toThrow("the request has run out of time");
    expect(seen).toHaveLength(0);
    answers.push(silence, silence, silence);
    await expect(callUntil(client, deadlineIn(60))("GetItem", {})).rejects.toBeInstanceOf(AwsUnreachable);
    expect(seen.length).toBeLessThan(3);
  });
});

describe("open", () => {
  test("makes the connection that the first call uses", async () => {
    answers.push(status(404, ""));
    await client.open(deadlineIn(1_000));
    await client("GetItem", {});
    expect(seen.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(sockets.size).toBe(1);
  });

  test("does not fail: the first call would", async () => {
    answers.push(drop, silence);
    await client.open(deadlineIn(1_000));
    await client.open(deadlineIn(50));
    expect(await client("GetItem", {})).toEqual({});
  });
});
