import { expect, test } from "vitest";
import { gatewayResponse } from "../../../packages/local/gateway/response.ts";

const answer = (result: unknown) => {
  const { status, headers, body } = gatewayResponse(JSON.stringify(result));
  return { status, headers, body: body.toString("utf8") };
};

test.each([
  [{ id: 1 }, '{"id":1}'],
  [[1], "[1]"],
  ["hello", "hello"],
  [null, "null"],
])("a plain %j is 200 and JSON", (result, body) => {
  expect(answer(result)).toEqual({ status: 200, headers: { "content-type": "application/json" }, body });
});

test("a structured result decides everything", () => {
  const result = {
    statusCode: 409,
    headers: { "Content-Type": "application/problem+json", "X-Count": 3, Connection: "close" },
    cookies: ["a=1", "b=2"],
    body: "e30=",
    isBase64Encoded: true,
  };
  expect(answer(result)).toEqual({
    status: 409,
    headers: { "content-type": "application/problem+json", "x-count": "3", "set-cookie": ["a=1", "b=2"] },
    body: "{}",
  });
});

test("a structured result without a type is text, and 204 has no body", () => {
  expect(answer({ statusCode: 200, body: "x" }).headers).toEqual({ "content-type": "text/plain;charset=UTF-8" });
  expect(answer({ statusCode: 204, body: "x" }).body).toBe("");
});

test.each([
  { statusCode: "abc" },
  { statusCode: 99 },
  { statusCode: 200.5 },
  { statusCode: null },
  { statusCode: 200, body: { a: 1 } },
  { statusCode: 200, headers: { a: { b: 1 } } },
  { statusCode: 200, headers: { "bad name": "x" } },
  { statusCode: 200, headers: { a: "line\nbreak" } },
  { statusCode: 200, headers: "x" },
  { statusCode: 200, cookies: ["a\r\nb"] },
])("%j is malformed: 500", (result) => {
  expect(answer(result)).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
});

test("a result that is no JSON is malformed", () => {
  expect(gatewayResponse("{").status).toBe(500);
});
