import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gatewayEvent } from "../../packages/local/gateway/event.ts";
import { huaweiClient } from "../../test/support/signing/signing-clients.ts";
import { aJob } from "../../test/support/stack/jobs.ts";
import { build } from "../bundle/build.ts";
import { deployedFunctions } from "../bundle/functions.ts";
import { type startVendorCloud, vendorSources } from "../bundle/vendors.ts";
import type { Servers } from "../queue/servers.ts";
import { load } from "../table/load.ts";

/** A handler that is started under the runtime client, and events for it. */
export interface ColdVariant {
  readonly name: string;
  readonly file: string;
  /** As in a template: the file without its extension, and the export. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes so many events ready, each for a job of its own where there are jobs. */
  readonly prepare: (count: number) => Promise<readonly (() => object)[]>;
  /** What each reply holds, lest something be fast that does not work. */
  readonly contains: string;
}

export type VendorCloud = Awaited<ReturnType<typeof startVendorCloud>>;

export const coldVariants = async (servers: Servers, cloud: VendorCloud, directory: string): Promise<ColdVariant[]> => {
  const { table, sqsEndpoint, queues } = servers;
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ENDPOINT_URL_SQS: sqsEndpoint,
    STANDDOWN_TABLE: table.table,
    STANDDOWN_RECONCILE_QUEUE_URL: queues.reconcileQueue,
    STANDDOWN_CONFIG: await writeConfig(directory),
    STANDDOWN_EVENT_BUS: "unused",
    STANDDOWN_METRICS_NAMESPACE: "Standdown",
  };
  const deployed = (await deployedFunctions(directory)).find(({ name }) => name === "cancel-sql-job");
  if (deployed === undefined) throw new Error("there is no function cancel-sql-job");
  const bare = await build({ name: "bare handler", entry: "bare" }, directory);
  const floor = await build({ name: "floor: one write, one message", entry: "floor" }, directory);
  const stack = await build({ name: "AWS SDK stack", entry: "sdk-stack", format: "esm" }, directory);
  const vendors = vendorSources.filter(({ format }) => format === "esm");
  const repeat = (event: object) => async (count: number) => Array.from({ length: count }, () => () => event);
  const variants: ColdVariant[] = [
    { ...bare, handler: "index.handler", environment: {}, prepare: repeat({}), contains: "{}" },
    {
      ...deployed,
      handler: "index.http",
      environment,
      prepare: (count) => signedCancels(servers, count),
      contains: "true",
    },
    {
      ...floor,
      handler: "index.handler",
      environment,
      prepare: (count) => plainCancels(servers, count),
      contains: "true",
    },
    {
      ...stack,
      handler: "index.handler",
      environment,
      prepare: (count) => plainCancels(servers, count),
      contains: "true",
    },
    ...(await Promise.all(
      vendors.map(async (source) => ({
        ...(await build(source, directory)),
        handler: "index.handler",
        environment: cloud.environment,
        prepare: repeat(cloud.event),
        contains: '"cancelled":"1"',
      })),
    )),
  ];
  return Promise.all(variants.map((variant, index) => place(variant, path.join(directory, String(index)))));
};

/** The runtime client would take a dot in the name of a file for the start of the export's. */
const place = async (variant: ColdVariant, directory: string): Promise<ColdVariant> => {
  const file = path.join(directory, "index.mjs");
  await mkdir(directory);
  await copyFile(variant.file, file);
  return { ...variant, file };
};

const key = { id: "BENCHKEYID", secret: "bench-secret" };

const writeConfig = async (directory: string): Promise<string> => {
  const file = path.join(directory, "config.json");
  const everything = { effect: "allow", actions: ["*"], resources: ["*"] };
  const principals = [{ name: "bench", accessKeys: [key], policies: [everything] }];
  await writeFile(file, JSON.stringify({ principals }));
  return file;
};

const sign = huaweiClient({ algorithm: "SDK-HMAC-SHA256" });

/** Registers jobs; each event is signed when it is asked for, as an SDK would. */
const signedCancels = async ({ table }: Servers, count: number) => {
  const jobs = Array.from({ length: count }, () => aJob({ registeredAt: Date.now(), heartbeatTimeoutSeconds: 3600 }));
  await load(table, jobs);
  return jobs.map(({ owner, jobId }) => () => {
    const url = `/v1.0/${owner}/jobs/${jobId}`;
    const unsigned = { method: "DELETE", path: url, query: {}, headers: { host: "dli.local" } };
    const { headers } = sign(unsigned, { key, at: Date.now(), nonce: "" }).message;
    return gatewayEvent({
      method: "DELETE",
      url,
      headers,
      body: Buffer.alloc(0),
      route: { key: "DELETE /v1.0/{project_id}/jobs/{job_id}", parameters: { project_id: owner, job_id: jobId } },
      time: new Date(),
      requestId: "bench",
    });
  });
};

let serial = 0;

const plainCancels = async ({ table }: Servers, count: number) => {
  const ids = Array.from({ length: count }, () => `plain-${++serial}`);
  for (let first = 0; first < count; first += 25) {
    const items = ids.slice(first, first + 25).map((id) => ({
      PutRequest: { Item: { pk: { S: id }, sk: { S: "claim" }, state: { S: "running" }, repeats: { N: "0" } } },
    }));
    await table.call("BatchWriteItem", { RequestItems: { [table.table]: items } });
  }
  return ids.map((job_id) => () => ({ pathParameters: { project_id: "bench", job_id } }));
};
