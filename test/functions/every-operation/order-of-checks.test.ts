import { describe, expect, test } from "vitest";
import { type Asked, createIndex, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { describeIndex, sqlStatus, taskList } from "../../support/requests/read-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

describe("a request with every fault at once gets the first in the provider's order", () => {
  test("AnalyticDB: syntax, who, action, missing, invalid, permission, existence", async () => {
    const faults: Record<string, string | undefined> = {
      Action: "Nope",
      Version: "1",
      JobId: undefined,
      RegionId: "no region",
    };
    const code = async (token: string, parameters: object, jobId = "unknown") =>
      (await createIndex.send(bundle, jobId, { token, parameters: { ...faults, ...parameters } })).body.Code;
    const syntax = await createIndex.send(bundle, "x", { token: "", parameters: faults, body: "RegionId=again" });
    expect(syntax.body.Code).toBe("InvalidParameter");
    expect(await code("", {})).toBe("IncompleteSignature");
    expect(await code("nobody-token", {})).toBe("InvalidApi.NotFound");
    const action = { Action: "CancelCreateIndexJob" };
    expect(await code("nobody-token", action)).toBe("InvalidVersion");
    const version = { ...action, Version: "2016-05-03" };
    expect(await code("nobody-token", version)).toBe("MissingParameter");
    const complete = { ...version, JobId: "unknown" };
    expect(await code("nobody-token", complete)).toBe("InvalidParameter");
    const valid = { ...complete, RegionId: "cn-hangzhou" };
    expect(await code("nobody-token", valid)).toBe("Forbidden.RAM");
    expect(await code("ops-token", valid)).toBe("Job.NotFound");
  });

  test("DLI: size, who, invalid, permission, existence, type, state", async () => {
    const { jobId } = await registerJob(bundle, { ...sqlJob, jobType: "SCALE_QUEUE" }, "succeeded");
    const code = async (id: string, asked: Asked) => (await sqlJob.send(bundle, id, asked)).body.error_code;
    const large = { body: "x".repeat(1024 * 1024 + 1) };
    expect(await code("a_b", { ...large, token: "" })).toBe("APIGW.0201");
    expect(await code("a_b", { token: "" })).toBe("DLI.0013");
    expect(await code("a_b", { token: "nobody-token" })).toBe("DLI.0001");
    expect(await code("unknown", { token: "nobody-token" })).toBe("APIGW.0302");
    expect(await code("unknown", {})).toBe("DLI.0002");
    expect((await sqlJob.send(bundle, jobId)).body.error_msg).toMatch(/jobs of this type/);
  });

  test("the reads of AnalyticDB: the same, then the namespace password", async () => {
    const { jobId } = await registerJob(bundle, describeIndex, "running", {}, "account-1-token");
    const faults = { Version: "1", JobId: undefined, RegionId: "no region", NamespacePassword: "wrong" };
    const code = async (token: string, right: object) =>
      (await describeIndex.send(bundle, "x", { token, parameters: { ...faults, ...right } })).body.Code;
    expect(await code("", {})).toBe("IncompleteSignature");
    expect(await code("nobody-token", { Action: "Nope" })).toBe("InvalidApi.NotFound");
    expect(await code("nobody-token", {})).toBe("InvalidVersion");
    expect(await code("nobody-token", { Version: "2016-05-03" })).toBe("MissingParameter");
    const complete = { Version: "2016-05-03", JobId: jobId };
    expect(await code("nobody-token", complete)).toBe("InvalidParameter");
    const valid = { ...complete, RegionId: "cn-hangzhou" };
    expect(await code("nobody-token", valid)).toBe("Forbidden.RAM");
    expect(await code("account-2-token", valid)).toBe("Job.NotFound");
    expect(await code("account-1-token", valid)).toBe("AccountOrPassword.VerificationError");
    expect(await code("account-1-token", { ...valid, NamespacePassword: "testpassword" })).toBeUndefined();
  });

  test("the reads of the Huawei family: size and syntax, who, invalid, permission, existence", async () => {
    const large = { body: "x".repeat(1024 * 1024 + 1) };
    const code = async (id: string, asked: Asked) => (await sqlStatus.send(bundle, id, asked)).body.error_code;
    expect(await code("a_b", { ...large, token: "" })).toBe("APIGW.0201");
    expect(await code("a_b", { token: "" })).toBe("DLI.0013");
    expect(await code("a_b", { token: "nobody-token" })).toBe("DLI.0001");
    expect(await code("unknown", { token: "nobody-token" })).toBe("APIGW.0302");
    expect(await code("unknown", {})).toBe("DLI.0002");

    const url = `/v3/${project}/scheduled-jobs?limit=0`;
    const twice = await bundle.send("GET", `${url}&limit=0`);
    expect(twice.body).toMatchObject({
      error_code: "APIGW.0201",
      error_msg: expect.stringContaining("limit is given twice"),
    });
    const listed = async (token: string, limit: string) =>
      (await taskList.send(bundle, "", { token, parameters: { limit } })).body.error_code;
    expect(await listed("", "0")).toBe("APIGW.0301");
    expect(await listed("nobody-token", "0")).toBe("DBS.280439");
    expect(await listed("nobody-token", "1")).toBe("APIGW.0302");
  });
});

describe("unknown routes and methods are answered in the protocol of the path", () => {
  test.each([
    ["DELETE", "/v1.0/p/queues", 404, { error_code: "APIGW.0101" }],
    ["GET", `/v1.0/${project}/jobs/1`, 404, { error_code: "APIGW.0101" }],
    ["POST", `/v1.0/${project}/jobs/1/status`, 404, { error_code: "APIGW.0101" }],
    ["POST", `/v3/${project}/scheduled-jobs`, 404, { error_code: "APIGW.0101" }],
    ["PUT", `/v3/${project}/scheduled-jobs/1`, 404, { error_code: "APIGW.0101" }],
    ["DELETE", `/v3/${project}/scheduled-jobs/`, 404, { error_code: "APIGW.0101" }],
    ["POST", "/ges/v1.0/p/graphs", 404, { errorCode: "APIGW.0101" }],
    ["PUT", "/", 404, { Code: "InvalidApi.NotFound" }],
    ["GET", "/nothing", 404, { code: "route-not-found" }],
    ["PUT", "/jobs", 405, { code: "method-not-allowed", detail: "Use POST or GET." }],
    ["GET", "/jobs/1/finish", 405, { code: "method-not-allowed" }],
  ])("%s %s", async (method, path, status, body) => {
    const reply = await bundle.send(method, path);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject(body);
    if (status === 405) expect(reply.headers.Allow).toBeTruthy();
  });
});
