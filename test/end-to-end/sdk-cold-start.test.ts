import { beforeAll, expect, test } from "vitest";
import { alibabaClients } from "../support/sdk/sdk-alibaba.ts";
import { callOf, createIndex } from "../support/sdk/sdk-analyticdb.ts";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients, type RestCall } from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dds, dli, ges, type RestService } from "../support/sdk/sdk-huawei-services.ts";

const { endpoint, jobIn } = useStanddownWithKeys();

/** After so long without an answer the clients of Alibaba Cloud give up. */
const clientsWaitMs = 3_000;

const [alibaba] = alibabaClients;
const [huawei] = huaweiClients;
if (alibaba === undefined || huawei === undefined) throw new Error("there is no client");

/** Registered before anything is measured, so that the job API is the only function that has been used by then. */
const ids = new Map<string, string>();
const idOf = (name: string): string => ids.get(name) ?? "";
beforeAll(async () => {
  ids.set("AnalyticDB", (await jobIn("running", createIndex.registration)).jobId);
  for (const service of [ges, dds, dli]) ids.set(service.name, (await jobIn("queued", service.registration)).jobId);
});

const rest = (call: (service: RestService, jobId: string) => RestCall, service: RestService) => () =>
  huawei.call(endpoint(), "owner", call(service, idOf(service.name)));

const read = (service: RestService, jobId: string) => service.read(jobId);

/** One for each function that a client reaches; all actions of AnalyticDB are in one. */
const firstRequests: readonly (readonly [asked: string, ask: () => Promise<object>])[] = [
  ["any action of AnalyticDB", () => alibaba.call(endpoint(), "owner", callOf(createIndex, idOf("AnalyticDB")))],
  ...[ges, dds, dli].flatMap((service) => [
    [`the cancel of ${service.name}`, rest(cancelOf, service)] as const,
    [`the read of ${service.name}`, rest(read, service)] as const,
  ]),
];

test.each(firstRequests)("answers the first request for %s before its client gives up", async (asked, ask) => {
  const started = performance.now();
  await ask();
  const first = performance.now() - started;

  console.log(`the first answer to ${asked} took ${Math.round(first)} ms`);
  expect(first).toBeLessThan(clientsWaitMs);
});
