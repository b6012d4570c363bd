import { createServer } from "node:http";
import { close, listen } from "../../packages/local/platform/listen.ts";
import type { Source } from "./build.ts";
import type { Expectation } from "./choices.ts";
import type { Variant } from "./measure.ts";
import { verify } from "./verify.ts";

const query = { JobId: "1", Collection: "document", RegionId: "cn-hangzhou", NamespacePassword: "testpassword" };
const event = { queryStringParameters: query, pathParameters: { project_id: "p", job_id: "1" } };
const expectation: Expectation = { event, statusCode: 200, contains: '"cancelled":"1"' };

/** Handlers on the vendors' own SDK cores, in plain ESM and with the product's setting, lest the format be to blame. */
export const vendorSources: readonly Source[] = [
  { name: "Alibaba Cloud SDK core, ESM", entry: "vendor/alibabacloud", format: "esm" },
  { name: "Alibaba Cloud SDK core, built-ins on demand", entry: "vendor/alibabacloud" },
  { name: "Huawei Cloud SDK core, ESM", entry: "vendor/huaweicloud", format: "esm" },
  { name: "Huawei Cloud SDK core, built-ins on demand", entry: "vendor/huaweicloud" },
];

/** Has each vendor handler cancel a job once, so that what is measured is known to work. */
export async function verifyVendors(vendors: readonly Variant[]): Promise<void> {
  await using cloud = await startVendorCloud();
  for (const vendor of vendors) await verify(vendor, [expectation], cloud.environment);
}

/** A server that takes what either SDK core sends, and the environment that leads its handler there. */
export async function startVendorCloud() {
  // Both cores sign in this header. The reply is read by either.
  const cloud = createServer(({ headers, url = "" }, response) => {
    const cancels = /JobId=1|jobs\/1/.test(url);
    response.writeHead(headers.authorization && cancels ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ cancelled: "1" }));
  });
  const port = await listen(cloud);
  return {
    event,
    environment: {
      VENDOR_PROTOCOL: "http",
      VENDOR_HOST: `127.0.0.1:${port}`,
      ALIBABA_CLOUD_ACCESS_KEY_ID: "testak",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "testsk",
      HUAWEICLOUD_SDK_AK: "testak",
      HUAWEICLOUD_SDK_SK: "testsk",
      HUAWEICLOUD_SDK_PROJECT_ID: "p",
    },
    [Symbol.asyncDispose]: () => close(cloud),
  };
}
