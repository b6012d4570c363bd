import path from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../../packages/local/settings.ts";

test("has a default for everything, from where it is started", () => {
  expect(readSettings({ PATH: "/bin", HOME: "/home/a", OTHER: "b" })).toEqual({
    port: 3000,
    runFile: path.resolve(".local/run.json"),
    config: path.resolve("config/development.json"),
    secrets: path.resolve("config/development-secrets.json"),
    packageDirectory: path.resolve(".serverless"),
    dataDirectory: path.resolve(".local"),
    dynamoDbEndpoint: undefined,
    region: "eu-west-1",
    samples: true,
    background: true,
    inherited: { PATH: "/bin", HOME: "/home/a" },
  });
});

test("takes what the environment says", () => {
  const settings = readSettings({
    PORT: "0",
    STANDDOWN_RUN_FILE: "/run.json",
    STANDDOWN_CONFIG: "/config.json",
    STANDDOWN_SECRETS: "mine/secrets.json",
    STANDDOWN_PACKAGE: "/package",
    STANDDOWN_DATA: "/data",
    STANDDOWN_DYNAMODB_ENDPOINT: "http://127.0.0.1:8000",
    AWS_REGION: "eu-central-1",
    STANDDOWN_SAMPLES: "0",
    STANDDOWN_BACKGROUND: "0",
  });
  expect(settings).toEqual({
    port: 0,
    runFile: "/run.json",
    config: "/config.json",
    secrets: path.resolve("mine/secrets.json"),
    packageDirectory: "/package",
    dataDirectory: "/data",
    dynamoDbEndpoint: "http://127.0.0.1:8000",
    region: "eu-central-1",
    samples: false,
    background: false,
    inherited: { PATH: "", HOME: "" },
  });
});
