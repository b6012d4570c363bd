import fc from "fast-check";
import { expect, test } from "vitest";
import { createRouter } from "../../../packages/local/gateway/routes.ts";

const keys = [
  "$default",
  "ANY /{proxy+}",
  "GET /{proxy+}",
  "GET /jobs/{uid}",
  "ANY /jobs/{uid}",
  "GET /jobs/latest",
  "GET /jobs/{uid}/{part}",
  "GET /jobs/{uid}/receipt",
  "GET /receipts",
  "DELETE /v1.0/{project_id}/jobs/{job_id}",
  "POST /",
];
const router = createRouter(keys.map((key) => ({ key, functionName: key })));

test.each([
  ["GET", "/jobs/latest", "GET /jobs/latest", {}],
  ["GET", "/jobs/1", "GET /jobs/{uid}", { uid: "1" }],
  ["PUT", "/jobs/1", "ANY /jobs/{uid}", { uid: "1" }],
  ["PUT", "/jobs/latest", "ANY /jobs/{uid}", { uid: "latest" }],
  ["GET", "/jobs/1/receipt", "GET /jobs/{uid}/receipt", { uid: "1" }],
  ["GET", "/jobs/1/log", "GET /jobs/{uid}/{part}", { uid: "1", part: "log" }],
  ["GET", "/jobs/1/receipt/", "GET /{proxy+}", { proxy: "jobs/1/receipt/" }],
  ["POST", "/jobs/1/receipt", "ANY /{proxy+}", { proxy: "jobs/1/receipt" }],
  ["DELETE", "/v1.0/p%2F1/jobs/j", "DELETE /v1.0/{project_id}/jobs/{job_id}", { project_id: "p%2F1", job_id: "j" }],
  ["DELETE", "/v1x0/p/jobs/j", "ANY /{proxy+}", { proxy: "v1x0/p/jobs/j" }],
  ["POST", "/", "POST /", {}],
  ["GET", "/", "$default", {}],
])("%s %s goes to %s", (method, path, key, parameters) => {
  expect(router(method, path)).toEqual({ key, functionName: key, parameters });
});

test("nothing matches where there is no default route", () => {
  const few = createRouter([{ key: "GET /jobs/{uid}", functionName: "jobs" }]);
  expect([few("POST", "/jobs/1"), few("GET", "/jobs/"), few("GET", "/jobs/1/"), few("GET", "/JOBS/1")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("the order of the routes in the template does not matter", () => {
  const path = fc.array(fc.constantFrom("jobs", "latest", "receipt", "x", "")).map((parts) => `/${parts.join("/")}`);
  const shuffled = fc.shuffledSubarray(keys, { minLength: keys.length });
  fc.assert(
    fc.property(shuffled, fc.constantFrom("GET", "PUT", "POST"), path, (order, method, where) => {
      const other = createRouter(order.map((key) => ({ key, functionName: key })));
      expect(other(method, where)).toEqual(router(method, where));
    }),
  );
});
