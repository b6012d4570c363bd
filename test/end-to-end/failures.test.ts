import { expect, test } from "vitest";
import type { Received, Sent } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { send } = useStanddown();

const project = "b02ce40e8cb84a8e980fdb11fac657db";
const form = { "Content-Type": "application/x-www-form-urlencoded" };
const json = { "Content-Type": "application/json" };
const mebibyte = Buffer.alloc(1024 * 1024 + 1, "a");
const tooLarge = Buffer.alloc(64 * 1024 + 1, "a");
const longId = "1".repeat(10_000);
/** Every parameter of CancelCreateIndexJob but the job's id. */
const indexJob =
  "/?Action=CancelCreateIndexJob&Version=2016-05-03&RegionId=cn-hangzhou&DBInstanceId=gp-1&Namespace=ns" +
  "&NamespacePassword=testpassword&Collection=c&JobId=";
const sqlJob = (id: string) => `/v1.0/${project}/jobs/${id}`;
const task = (id: string) => `/v3/${project}/scheduled-jobs/${id}`;
const graphJob = (id: string) => `/ges/v1.0/${project}/graphs/movies/jobs/${id}`;

/** Where each API puts its code. */
const codeIn = ({ text }: Received): unknown => {
  const body = JSON.parse(text);
  return body.Code ?? body.errorCode ?? body.error_code ?? body.code;
};

const rows: readonly [what: string, method: string, target: string, sent: Sent, status: number, code: string][] = [
  ["no route", "GET", "/nothing/here", {}, 404, "route-not-found"],
  ["no route of the job API", "POST", "/jobs/1/2/3", {}, 404, "route-not-found"],
  ["no route of DLI", "GET", "/v1.0/nothing", {}, 404, "APIGW.0101"],
  ["no route of DDS", "GET", "/v3/nothing", {}, 404, "APIGW.0101"],
  ["no route of GES", "GET", "/ges/nothing", {}, 404, "APIGW.0101"],
  ["no action", "POST", "/", { headers: form, body: "Action=Nothing" }, 404, "InvalidApi.NotFound"],
  ["wrong method of AnalyticDB", "PUT", "/", {}, 404, "InvalidApi.NotFound"],
  ["wrong method of the job API", "PUT", "/jobs", {}, 405, "method-not-allowed"],
  ["wrong method of DLI", "POST", sqlJob("1"), {}, 404, "APIGW.0101"],
  ["wrong method of DDS", "PATCH", task("1"), {}, 404, "APIGW.0101"],
  ["wrong method of GES", "PUT", graphJob("1"), {}, 404, "APIGW.0101"],
  ["oversized body of AnalyticDB", "POST", "/", { headers: form, body: tooLarge }, 413, "RequestEntityTooLarge"],
  ["oversized body of the job API", "POST", "/jobs", { headers: json, body: mebibyte }, 413, "body-too-large"],
  ["oversized body of DLI", "DELETE", sqlJob("1"), { body: tooLarge }, 413, "APIGW.0201"],
  ["oversized body of DDS", "DELETE", task("1"), { body: tooLarge }, 413, "APIGW.0201"],
  ["oversized body of GES", "DELETE", graphJob("1"), { body: tooLarge }, 413, "APIGW.0201"],
  ["malformed JSON", "POST", "/jobs", { headers: json, body: '{"service": "dli"' }, 400, "malformed-request"],
  ["JSON of the wrong shape", "POST", "/jobs", { headers: json, body: "[null]" }, 400, "invalid-request"],
  ["long id for AnalyticDB", "GET", indexJob + longId, {}, 400, "InvalidParameter"],
  ["long id for the job API", "GET", `/jobs/${longId}`, {}, 404, "job-not-found"],
  ["long id for DLI", "DELETE", sqlJob(longId), {}, 400, "DLI.0001"],
  ["long id for DDS", "DELETE", task(longId), {}, 400, "DBS.280001"],
  ["long id for GES", "DELETE", graphJob(longId), {}, 400, "GES.8005"],
  ["bad escape for AnalyticDB", "GET", `${indexJob}%zz`, {}, 400, "InvalidParameter"],
  ["bad escape for the job API", "GET", "/jobs?label=%zz", {}, 400, "malformed-request"],
  ["bad escape for DLI", "DELETE", sqlJob("%zz"), {}, 400, "DLI.0001"],
  ["bad escape for DDS", "DELETE", task("%"), {}, 400, "DBS.280001"],
  ["bad escape for GES", "DELETE", graphJob("%e0%a4"), {}, 400, "GES.8005"],
  ["bad UTF-8 for AnalyticDB", "GET", `${indexJob}%ff%fe`, {}, 400, "InvalidParameter"],
  ["bad UTF-8 in a form", "POST", "/", { headers: form, body: Buffer.from([0x61, 0xff]) }, 400, "InvalidParameter"],
  ["bad UTF-8 in JSON", "POST", "/jobs", { headers: json, body: Buffer.from([0x22, 0xff]) }, 400, "malformed-request"],
  ["bad UTF-8 for DLI", "DELETE", sqlJob("%ff"), {}, 400, "DLI.0001"],
  ["a token that nobody has", "GET", "/jobs", { token: "nobody" }, 401, "unauthenticated"],
  ["a token that nobody has, for DLI", "DELETE", sqlJob("1"), { token: "nobody" }, 400, "DLI.0015"],
];

test.each(rows)("%s", async (_, method, target, sent, status, code) => {
  const received = await send(method, target, sent);
  expect({ status: received.status, code: codeIn(received) }).toEqual({ status, code });
});
