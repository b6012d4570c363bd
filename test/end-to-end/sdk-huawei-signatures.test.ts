import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import {
  builtClient,
  huaweiClients,
  huaweiRefusalOf,
  optionsOf,
  project,
  sendAnonymously,
} from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dds, dli, ges } from "../support/sdk/sdk-huawei-services.ts";
import { keyOf, type Who } from "../support/sdk/sdk-keys.ts";
import { sendAsOtc } from "../support/sdk/sdk-otc.ts";

const { endpoint, jobs, jobIn } = useStanddownWithKeys();

const minute = 60_000;
const dateIn = (minutes: number) => new Date(Date.now() + minutes * minute).toISOString().replace(/[-:]|\.\d+/g, "");
const incorrect = (detail: string) => ({
  name: "ClientRequestException",
  httpStatusCode: 401,
  errorCode: "APIGW.0301",
  errorMsg: `Incorrect IAM authentication information: ${detail}`,
  requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
});

// A token is good without a signature and a clock.
describe.each(huaweiClients.filter(({ kind }) => kind !== "token"))("$name", (client) => {
  const refused = async (who: Who, jobId: string, date?: string) => {
    const call = { ...cancelOf(dli, jobId), ...(date && { date }) };
    const { body, ...report } = await huaweiRefusalOf(client.call(endpoint(), who, call));
    expect(body).toEqual({ error_code: report.errorCode, error_msg: report.errorMsg });
    return report;
  };

  test("reports a wrong secret, and the right one is none the worse for it", async () => {
    const { uid, jobId } = await jobIn("running", dli.registration);
    expect(await refused("mistyped", jobId)).toEqual(incorrect("verify aksk signature fail"));
    expect((await jobs.job(uid)).state).toBe("running");

    // This ends the count of wrong ones, which would lock the key.
    expect(await client.call(endpoint(), "owner", cancelOf(dli, jobId))).toEqual(dli.cancelled);
  });

  test.each([
    ["behind", -16],
    ["ahead", 16],
  ])("reports a clock that is 16 minutes %s", async (_, minutes) => {
    const expired = incorrect("calc ak sk signature fail: signature expired");
    expect(await refused("owner", "any", dateIn(minutes))).toEqual(expired);
  });

  // The client signs these characters encoded twice.
  test.each(["a b", "a|b", "a^b", "{job}"])(
    "reports that the id %o is not valid, and no wrong signature",
    async (id) => {
      expect(await refused("owner", id)).toMatchObject({
        httpStatusCode: 400,
        errorCode: "DLI.0001",
        errorMsg: expect.stringContaining("job_id"),
      });
    },
  );

  test("is good for a clock that is 14 minutes off, and for the very same request sent again", async () => {
    const { uid, jobId } = await jobIn("running", dli.registration);
    const call = { ...cancelOf(dli, jobId), date: dateIn(-14) };
    expect(await client.call(endpoint(), "owner", call)).toEqual(dli.cancelled);
    // There is no nonce: a client that got no answer sends the request again as it is.
    expect(await client.call(endpoint(), "owner", call)).toEqual(dli.cancelled);
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", repeats: 1 });
  });
});

test.each([
  [ges, 401, { errorCode: "GES.8007", errorMessage: "Invalid token." }],
  [
    dds,
    401,
    { error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information: x-auth-token not found" },
  ],
  [
    dli,
    401,
    {
      error_code: "DLI.0013",
      error_msg: "X-Auth-Token is not defined in request. It is mandatory. Please define and send the request.",
    },
  ],
])("$name is told that neither a signature nor a token was sent", async (service, httpStatusCode, body) => {
  const report = await huaweiRefusalOf(sendAnonymously(endpoint(), cancelOf(service, "any")));
  expect(report).toMatchObject({ name: "ClientRequestException", httpStatusCode, body });
});

describe("a client of the builder that the generated ones use", () => {
  const ownHome = process.env.HOME;
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(path.join(tmpdir(), "standdown-home-"));
    process.env.HOME = home;
  });
  afterAll(() => {
    process.env.HOME = ownHome;
    rmSync(home, { recursive: true });
  });

  test("cancels a job, with the user agent that it makes of a file in the home directory", async () => {
    const { jobId } = await jobIn("running", dli.registration);
    const client = builtClient(endpoint());
    expect(readdirSync(path.join(home, ".huaweicloud"))).toEqual(["application_id"]);
    expect(await client.sendRequest(optionsOf(cancelOf(dli, jobId)))).toEqual(dli.cancelled);
  });
});

describe.each([
  { client: "the Go SDK", place: { region: "", service: "" } },
  { client: "the TypeScript SDK", place: { region: "eu-de", service: "dli" } },
])("a request signed as by $client of Open Telekom Cloud", ({ place }) => {
  const ask = (who: Who, method: string, jobId: string, rest = "") =>
    sendAsOtc(
      endpoint(),
      { method, path: `/v1.0/${project}/jobs/${jobId}${rest}`, project },
      keyOf(who, "permanent"),
      place,
    );

  test("cancels a job, and reads how it stands", async () => {
    const { jobId } = await jobIn("running", dli.registration);
    expect(await ask("owner", "DELETE", jobId)).toEqual({ status: 200, body: { is_success: true, message: "" } });
    expect(await ask("owner", "GET", jobId, "/status")).toMatchObject({ status: 200, body: { status: "RUNNING" } });
  });

  test("is refused with a wrong secret, and with no permission", async () => {
    const { errorCode: error_code, errorMsg: error_msg } = incorrect("verify aksk signature fail");
    expect(await ask("mistyped", "DELETE", "any")).toEqual({ status: 401, body: { error_code, error_msg } });
    expect(await ask("guest", "DELETE", "any")).toMatchObject({ status: 403, body: { error_code: "APIGW.0302" } });
  });
});
