import { inspect } from "node:util";
import { expect, test } from "vitest";
import { cancelCreateIndexJob } from "../../../functions/analyticdb/cancel-create-index-job/operation.ts";
import { Secret } from "../../../shared/domain/secret.ts";
import { cancelNative } from "../../../shared/operations/cancel-native.ts";
import {
  callJobApi,
  createIndex,
  registerJob,
  toReceipt,
  uploadDocument,
} from "../../support/requests/cancel-requests.ts";
import { describeIndex, getUpload } from "../../support/requests/read-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const right = "canary-right-3f9";
const wrong = "canary-wrong-8b2";

test("a namespace password is in no answer, log line, receipt or item, whatever happens to the request", async () => {
  const said: string[] = [];
  const ask = async (request: typeof createIndex, jobId: string, NamespacePassword: string, more: object = {}) => {
    const reply = await request.send(bundle, jobId, { parameters: { NamespacePassword }, ...more });
    said.push(reply.text, JSON.stringify(reply.headers));
    return reply.status;
  };

  for (const [request, read] of [
    [createIndex, describeIndex],
    [uploadDocument, getUpload],
  ] as const) {
    const { jobId, uid } = await registerJob(bundle, request, "running", { secret: right });
    expect(await ask(read, jobId, right)).toBe(200);
    expect(await ask(read, jobId, wrong)).toBe(500);
    expect(await ask(read, jobId, `${right}${"x".repeat(300)}`)).toBe(400);
    expect(await ask(request, jobId, wrong)).toBe(500);
    expect(await ask(request, jobId, right, { token: "nobody-token" })).toBe(403);
    expect(await ask(request, jobId, right, { body: `NamespacePassword=${wrong}` })).toBe(400);
    expect(await ask(request, jobId, right, { body: `${wrong}=1&${wrong}=2` })).toBe(400);
    expect(
      await ask(request, jobId, right, { body: `{"p":"${wrong}"`, headers: { "content-type": "application/json" } }),
    ).toBe(400);
    expect(await ask(request, jobId, `${right}${"x".repeat(300)}`)).toBe(400);
    expect(await ask(request, jobId, right)).toBe(200);
    expect(await ask(request, jobId, right)).toBe(200);
    said.push(JSON.stringify(await toReceipt(bundle, uid)));
    for (const path of ["", "/receipt"]) said.push((await callJobApi(bundle, "GET", `/jobs/${uid}${path}`)).text);
  }
  said.push((await callJobApi(bundle, "GET", "/jobs?limit=100")).text);
  const refused = await callJobApi(bundle, "POST", "/jobs", {
    service: "dli",
    scope: {},
    secret: right,
    jobType: wrong,
  });
  said.push(refused.text);
  const misplaced = await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: { [wrong]: 1 }, [right]: 1 });
  said.push(misplaced.text);
  said.push(JSON.stringify(bundle.recorded));

  const { Items } = await bundle.table().call("Scan", { TableName: bundle.table().table, ConsistentRead: true });
  const everything = [...said, ...bundle.logged, JSON.stringify(Items)].join("\n");
  expect((Items as unknown[]).length).toBeGreaterThan(0);
  expect(everything).toContain("VerificationError");
  for (const canary of [right, wrong, Buffer.from(right).toString("base64")]) expect(everything).not.toContain(canary);
});

test("a password that came with a cancel before its job is not in the tombstone, nor in the answer that it causes", async () => {
  const { scope, service } = createIndex;
  const jobId = "cancelled-unborn";
  const { regionId, dbInstanceId, namespace, collection } = scope;
  const asked = await cancelNative(bundle.services)(cancelCreateIndexJob, {
    principal: { name: "events", policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }] },
    parameters: {
      RegionId: regionId,
      DBInstanceId: dbInstanceId,
      Namespace: namespace,
      Collection: collection,
      JobId: jobId,
      NamespacePassword: right,
    },
    trigger: "queue",
    tombstoneSeconds: 60,
  });
  expect(asked.kind).toBe("remembered");
  const refused = await callJobApi(bundle, "POST", "/jobs", { service, scope, jobId, secret: right });
  expect(refused.status).toBe(410);
  const { Items } = await bundle.table().call("Scan", { TableName: bundle.table().table, ConsistentRead: true });
  const tombstones = (Items as { tombstone?: unknown }[]).filter(({ tombstone }) => tombstone);
  expect(tombstones).toHaveLength(1);
  const everything = [JSON.stringify(tombstones), JSON.stringify(asked), refused.text, ...bundle.logged].join("\n");
  expect(everything).not.toContain(right);
});

test("tokens are in no log line", async () => {
  await bundle.send("GET", "/jobs", { headers: { authorization: "Bearer canary-token-1" } });
  await bundle.send("POST", "/?BearerToken=canary-token-2&Action=CancelCreateIndexJob");
  expect(bundle.logged.join("\n")).not.toContain("canary-token");
});

test("a secret does not print by accident", () => {
  const secret = new Secret("canary");
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    `${secret}`,
    Object.keys(secret).join(),
  ];
  expect(shown.join()).not.toContain("canary");
  expect(secret.reveal()).toBe("canary");
});
