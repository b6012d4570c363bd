import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noDeadline } from "../../../shared/concurrency/deadline.ts";
import { ConfigError } from "../../../shared/config/document.ts";
import { loadConfig } from "../../../shared/config/load.ts";
import { createServices } from "../../../shared/container.ts";

const documentOf = (token: string): string =>
  JSON.stringify({ principals: [{ name: "ops", tokens: [{ value: token }], policies: [] }] });

/** Answers as Secrets Manager and SSM do, and notes what it was asked; neither of them runs on a test machine. */
const startAws = async () => {
  const asked: { target: string | undefined; input: unknown; signed: boolean }[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const target = request.headers["x-amz-target"]?.toString();
    const signed = /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-west-3\//.test(request.headers.authorization ?? "");
    asked.push({ target, input: JSON.parse(Buffer.concat(chunks).toString()), signed });
    const answer = target?.startsWith("AmazonSSM")
      ? { Parameter: { Value: documentOf("from-ssm") } }
      : { SecretString: documentOf("from-secret") };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, endpoint, stop };
};

let aws: Awaited<ReturnType<typeof startAws>>;
let credentials: string;
beforeAll(async () => {
  aws = await startAws();
  credentials = await mkdtemp(path.join(tmpdir(), "standdown-config-"));
});
afterAll(async () => {
  aws.stop();
  await rm(credentials, { recursive: true });
});

const settings = () => ({
  region: "eu-west-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  endpoints: { secretsmanager: aws.endpoint, ssm: aws.endpoint },
});

describe("the configuration is read", () => {
  test("from a file", async () => {
    const file = path.join(credentials, "config.json");
    await writeFile(file, documentOf("from-file"));
    expect(await loadConfig(file, settings())).toMatchObject({ principals: [{ tokens: [{ value: "from-file" }] }] });
  });

  test("from the secret or the parameter that an ARN names, in its own region", async () => {
    const secret = "arn:aws:secretsmanager:eu-west-3:000000000000:secret:standdown/config";
    const parameter = "arn:aws:ssm:eu-west-3:000000000000:parameter/standdown/config";
    expect(await loadConfig(secret, settings())).toMatchObject({
      principals: [{ tokens: [{ value: "from-secret" }] }],
    });
    expect(await loadConfig(parameter, settings())).toMatchObject({
      principals: [{ tokens: [{ value: "from-ssm" }] }],
    });
    expect(aws.asked).toEqual([
      { target: "secretsmanager.GetSecretValue", input: { SecretId: secret }, signed: true },
      { target: "AmazonSSM.GetParameter", input: { Name: parameter, WithDecryption: true }, signed: true },
    ]);
  });

  test("from nothing else", async () => {
    await expect(loadConfig("arn:aws:s3:eu-west-3:000000000000:bucket", settings())).rejects.toThrow(
      "holds no configuration",
    );
  });
});

test("the functions keep what they read for a minute, and try again at once when it was not usable", async () => {
  const config = path.join(credentials, "kept.json");
  const servicesUntil = createServices({
    table: "jobs",
    config,
    reconcileQueue: "http://sqs/0/q",
    eventBus: "bus",
    metricsNamespace: "unused",
    aws: settings(),
  });
  const services = servicesUntil(noDeadline);
  await writeFile(config, "{}");
  await expect(services.credentials()).rejects.toThrow(ConfigError);
  await writeFile(config, documentOf("first"));
  expect((await services.credentials()).byToken("first", 0)).toMatchObject({ name: "ops" });
  await writeFile(config, documentOf("second"));
  expect((await services.credentials()).byToken("first", 0)).toMatchObject({ name: "ops" });
});
