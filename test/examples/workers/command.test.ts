import { expect, test } from "vitest";
import { curlCommand } from "../../../examples/workers/sample.ts";

const http = "http://127.0.0.1:3000";

test("a path is called with a token of the provider's kind", () => {
  const request = { method: "DELETE", path: "/v1.0/p/jobs/j", authentication: "X-Auth-Token" } as const;
  expect(curlCommand(http, "t", request)).toBe(
    "curl -i -X DELETE -H 'X-Auth-Token: t' 'http://127.0.0.1:3000/v1.0/p/jobs/j'",
  );
});

test("parameters go into the query or the form, safe from the shell", () => {
  const request = { method: "POST", path: "/", authentication: "Bearer" } as const;
  expect(curlCommand(http, "it's", { ...request, query: { Action: "A&B" }, form: { JobId: "$(j)" } })).toBe(
    "curl -i -X POST -H 'Authorization: Bearer it'\\''s' -d 'JobId=%24%28j%29' 'http://127.0.0.1:3000/?Action=A%26B'",
  );
});
