import fc from "fast-check";
import { expect, test } from "vitest";
import { type GatewayRequest, gatewayEvent } from "../../../packages/local/gateway/event.ts";

const request = (part: Partial<GatewayRequest> = {}): GatewayRequest => ({
  method: "GET",
  url: "/jobs/1",
  headers: { host: "api.example.com" },
  body: Buffer.alloc(0),
  route: { key: "GET /jobs/{uid}" },
  time: new Date("2026-11-02T03:04:05.678Z"),
  requestId: "request-1",
  ...part,
});

test("is an event of payload format 2.0, whole", () => {
  const event = gatewayEvent(
    request({
      method: "POST",
      url: "/jobs/a%20b?x=1&y=%C3%A9&x=2&z",
      headers: [
        "Host",
        "api.example.com:3000",
        "User-Agent",
        "sdk/1",
        "X-Two",
        "1",
        "x-two",
        "2",
        "Cookie",
        "a=1; b=2",
        "Content-Type",
        "application/json",
      ],
      body: Buffer.from('{"reason":"é"}'),
      route: { key: "POST /jobs/{uid}", parameters: { uid: "a%20b" } },
    }),
  );
  expect(event).toEqual({
    version: "2.0",
    routeKey: "POST /jobs/{uid}",
    rawPath: "/jobs/a b",
    rawQueryString: "x=1&y=%C3%A9&x=2&z",
    cookies: ["a=1", "b=2"],
    headers: {
      host: "api.example.com:3000",
      "user-agent": "sdk/1",
      "x-two": "1,2",
      "content-type": "application/json",
    },
    queryStringParameters: { x: "1,2", y: "é", z: "" },
    pathParameters: { uid: "a b" },
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method: "POST", path: "/jobs/a b", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "sdk/1" },
      requestId: "request-1",
      routeKey: "POST /jobs/{uid}",
      stage: "$default",
      time: "02/Nov/2026:03:04:05 +0000",
      timeEpoch: 1793588645678,
    },
    body: '{"reason":"é"}',
    isBase64Encoded: false,
  });
});

test("leaves out what is not there", () => {
  const event = gatewayEvent(request());
  for (const absent of ["cookies", "queryStringParameters", "pathParameters", "body"]) {
    expect(event).not.toHaveProperty(absent);
  }
  expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
});

test.each([
  ["application/json", "{}", false],
  ["application/json; charset=utf-8", "{}", false],
  ["application/problem+json", "{}", false],
  ["application/cloudevents+json;charset=utf-8", "{}", false],
  ["Text/Plain", "x", false],
  ["application/xml", "<a/>", false],
  ["application/javascript", "1", false],
  ["application/jsonx", "{}", true],
  ["application/x-www-form-urlencoded", "a=1", true],
  ["application/octet-stream", "x", true],
  ["", "x", true],
])("a body of type %s", (type, body, isBase64Encoded) => {
  const event = gatewayEvent(request({ headers: { "content-type": type }, body: Buffer.from(body) }));
  expect(event).toMatchObject({
    body: isBase64Encoded ? Buffer.from(body).toString("base64") : body,
    isBase64Encoded,
  });
});

test("text that is no UTF-8 is passed on as bytes", () => {
  const body = Buffer.from([0x22, 0xff, 0x22]);
  const event = gatewayEvent(request({ headers: { "content-type": "application/json" }, body }));
  expect(event).toMatchObject({ body: "Iv8i", isBase64Encoded: true });
});

test.each([
  ["/a%zz/%C3%A9%FF", "/a%zz/%C3%A9%FF", ""],
  ["/a%E0%A4%A/b%20c", "/a%E0%A4%A/b c", ""],
  ["http://host:1/x?y", "/x", "y"],
  ["?a=1", "/", "a=1"],
  ["//x/../y", "//x/../y", ""],
  ["*", "/*", ""],
  ["/a?b?c#d", "/a", "b?c"],
])("the target %s", (url, rawPath, rawQueryString) => {
  expect(gatewayEvent(request({ url }))).toMatchObject({ rawPath, rawQueryString });
});

test("never throws, whatever is sent, and always makes JSON without nulls", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.constantFrom("__proto__", "%", "%ff", "[", "\u0000"),
  );
  fc.assert(
    fc.property(hostile, fc.array(hostile), hostile, fc.uint8Array(), (url, headers, parameter, body) => {
      const route = { key: "$default", parameters: { id: parameter } };
      const event = gatewayEvent(request({ url, headers, body: Buffer.from(body), route }));
      const seen = JSON.parse(JSON.stringify(event));
      expect(Object.values(seen)).not.toContain(null);
      expect(seen.rawPath).toMatch(/^\//);
      const received = Buffer.from(seen.body ?? "", seen.isBase64Encoded ? "base64" : "utf8");
      expect([...received]).toEqual([...body]);
    }),
  );
});
