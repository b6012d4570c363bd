import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDynamoDb } from "../../packages/local/dynamodb/server.ts";
import { alibabaClients, callPatiently, refusalOf, upperCaseUuid } from "../support/sdk/sdk-alibaba.ts";
import { callOf, createIndex } from "../support/sdk/sdk-analyticdb.ts";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients, huaweiRefusalOf } from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dds, dli, ges } from "../support/sdk/sdk-huawei-services.ts";
import { type Fault, startFaultyProxy } from "../support/stack/faulty-proxy.ts";

const dynamodb = await startDynamoDb();
const table = await startFaultyProxy(dynamodb.endpoint);
afterAll(async () => {
  table.stop();
  await dynamodb.stop();
});
const { endpoint, jobs, jobIn } = useStanddownWithKeys({
  STANDDOWN_DYNAMODB_ENDPOINT: table.endpoint,
  // The faults are for the requests of these tests, not for what follows them up.
  STANDDOWN_BACKGROUND: "0",
});

/** So often is the table asked by one call. A signed request first asks whether its key is locked. */
const attempts = 3;
const next = (fault: Fault, times = attempts) => table.next(...Array<Fault>(times).fill(fault));

// Without a password, which takes time to hash.
const { secret, ...registration } = createIndex.registration;

const throttled = [400, "Throttling.User", "Request was denied due to user flow control."] as const;
const down = [503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."] as const;
const failed = [
  500,
  "InternalError",
  "The request processing has failed due to some unknown error, exception or failure.",
] as const;

/**
 * Each way in which the clients read an error, and both in which a request meets the table first: a signed one with its
 * key or its nonce, one with a token with the job.
 */
const readers = alibabaClients.filter(({ name }) => /, (ACS3-HMAC-SHA256|RPC version 1|bearer|GET|POST)$/.test(name));

// A function asks the table as it starts, too: the faults are for those that have started.
const [byToken] = alibabaClients.filter(({ kind }) => kind === "token");
if (byToken === undefined) throw new Error("there is no client with a token");
const [byTokenOfHuawei] = huaweiClients.filter(({ name }) => name === "X-Auth-Token");
if (byTokenOfHuawei === undefined) throw new Error("there is no client of Huawei Cloud with a token");
beforeAll(async () => {
  await refusalOf(byToken, byToken.call(endpoint(), "owner", callOf(createIndex, "any")));
  for (const service of [ges, dds, dli])
    await huaweiRefusalOf(byTokenOfHuawei.call(endpoint(), "owner", cancelOf(service, "any")));
});

describe.each(readers)("$name", (client) => {
  test.each([
    ["throttles", "throttle", throttled],
    ["fails", "fail", down],
    ["drops connections", "drop", down],
    ["speaks something else", "garbage", failed],
  ] as const)("reports that the table %s", async (_, fault, [status, code, words]) => {
    const { uid, jobId } = await jobIn("running", registration);
    // What is not understood is not tried again.
    next(fault, fault === "garbage" ? 1 : attempts);

    const report = await refusalOf(client, client.call(endpoint(), "owner", callOf(createIndex, jobId)));

    const name = client.errorName(status, code);
    const retryAfter = name === "ThrottlingError" ? expect.any(Number) : undefined;
    expect(report).toEqual({ name, code, status, words, requestId: upperCaseUuid, retryAfter });
    expect((await jobs.job(uid)).state).toBe("running");
  });
});

test("answers before the clients give up when the table does not answer", async () => {
  next("stall");
  // A read: on a busy machine, a cancel hashes the password for longer than what is left of the three seconds.
  const call = callOf(createIndex, "any", { action: createIndex.read });
  // Its own timeout would be another error.
  const report = await refusalOf(byToken, byToken.call(endpoint(), "owner", call));
  expect(report).toMatchObject({ code: "ServiceUnavailable", status: 503 });
});

test("names a time after which a client that tries again succeeds", async () => {
  const { uid, jobId } = await jobIn("running", registration);
  next("throttle");
  const started = performance.now();
  const answer = await callPatiently(endpoint(), callOf(createIndex, jobId));
  expect(answer.body).toMatchObject({ Status: "success" });
  expect(performance.now() - started).toBeGreaterThan(1_000);
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", repeats: 0 });
});

test("has one effect when the table's answer is lost, and the client hears of success", async () => {
  const { uid, jobId } = await jobIn("running", registration);
  next("lose-answer", 1);
  const answer = await byToken.call(endpoint(), "owner", callOf(createIndex, jobId));
  expect(answer.body).toMatchObject({ Status: "success" });
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", repeats: 0 });
});

const services = [
  { service: ges, unavailable: [503, "GES.8602", "Engine service unavailable."], internal: "GES.8304" },
  { service: dds, unavailable: [503, "APIGW.0613", "The service is currently unavailable."], internal: "DBS.280005" },
  { service: dli, unavailable: [503, "APIGW.0613", "The service is currently unavailable."], internal: "DLI.0999" },
] as const;

describe.each(huaweiClients.filter(({ name }) => /^(SDK-HMAC-SHA256|X-Auth-Token)$/.test(name)))("$name", (client) => {
  test.each(services)("reports a table that throttles, is down or broken, for $service.name", async (row) => {
    const { service, unavailable, internal } = row;
    const isGes = service === ges;
    const bodyCode = (report: { body: unknown }) =>
      Reflect.get(Object(report.body), isGes ? "errorCode" : "error_code");
    const refused = () => huaweiRefusalOf(client.call(endpoint(), "owner", cancelOf(service, "any")));

    next("throttle");
    const slow = await refused();
    expect(slow).toMatchObject({ name: "ClientRequestException", httpStatusCode: 429 });
    expect(bodyCode(slow)).toBe("APIGW.0308");

    next("drop");
    const away = await refused();
    const [status, code, words] = unavailable;
    expect(away).toMatchObject({ name: "ServerResponseException", httpStatusCode: status });
    expect(away.errorMsg).toBe(isGes ? "Request failed with status code 503" : words);
    expect(bodyCode(away)).toBe(code);

    next("garbage", 1);
    const broken = await refused();
    expect(broken).toMatchObject({ name: "ServerResponseException", httpStatusCode: 500 });
    expect(bodyCode(broken)).toBe(internal);
    expect(broken.requestId).toEqual(expect.stringMatching(/^[0-9A-F-]{36}$/));
  });
});
