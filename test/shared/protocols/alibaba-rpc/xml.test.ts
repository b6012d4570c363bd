import { expect, test } from "vitest";
import { toXml } from "../../../../shared/protocols/alibaba-rpc/xml.ts";

const head = '<?xml version="1.0" encoding="UTF-8"?>';
const bodyOf = (body: object) => toXml({ status: 200, body }, "A").body;

test("a success is an element named after its action", () => {
  const reply = toXml({ status: 200, headers: { a: "b" }, body: { RequestId: "R", Status: "success" } }, "Cancel");
  expect(reply).toEqual({
    status: 200,
    headers: { "Content-Type": "text/xml;charset=utf-8", a: "b" },
    body: `${head}<CancelResponse><RequestId>R</RequestId><Status>success</Status></CancelResponse>`,
  });
});

test.each([
  [400, "Cancel"],
  [500, undefined],
])("a failure with status %d is an Error", (status, action) => {
  expect(toXml({ status, body: { Code: "C" } }, action)).toMatchObject({
    status,
    body: `${head}<Error><Code>C</Code></Error>`,
  });
});

test("members may be nested, numbers, booleans, or absent", () => {
  const body = { Job: { Progress: 100, Completed: true, Error: "" }, Left: undefined, Null: null };
  expect(bodyOf(body)).toBe(
    `${head}<AResponse><Job><Progress>100</Progress><Completed>true</Completed><Error></Error></Job><Null></Null></AResponse>`,
  );
});

test.each([
  ["<a & b>", "&lt;a &amp; b&gt;"],
  ["]]>", "]]&gt;"],
  ["&amp;", "&amp;amp;"],
  ["line\r\nnext\ttab", "line&#13;\nnext\ttab"],
  ["\u0000\u0008\u001F", "\uFFFD\uFFFD\uFFFD"],
  ["\uFFFE\uFFFF", "\uFFFD\uFFFD"],
  ["\uD83D", "\uFFFD"],
  ["é😀\u{10FFFF}", "é😀\u{10FFFF}"],
  ["\u007F\uD7FF\uE000", "\u007F\uD7FF\uE000"],
])("%j is written as %j", (text, written) => {
  expect(bodyOf({ T: text })).toBe(`${head}<AResponse><T>${written}</T></AResponse>`);
});
