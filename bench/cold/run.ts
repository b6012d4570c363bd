import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startVendorCloud } from "../bundle/vendors.ts";
import { startServers } from "../queue/servers.ts";
import { type ColdSample, measureOnce } from "./measure.ts";
import { render, summarize } from "./report.ts";
import { findRuntimeClient } from "./runtime-client.ts";
import { coldVariants } from "./variants.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const warmUps = 1;

const runtimeClient = await findRuntimeClient();
const directory = await mkdtemp(path.join(tmpdir(), "standdown-cold-"));
await using servers = await startServers();
await using cloud = await startVendorCloud();
try {
  const variants = await coldVariants(servers, cloud, directory);
  const samples = new Map<string, ColdSample[]>(variants.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    // Each round in the opposite order of the one before, so that drift hits all alike.
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const sample = await measureOnce(variant, runtimeClient.file);
      if (round >= 0) samples.get(variant.name)?.push(sample);
    }
  }
  const rows = summarize(samples);
  const report = { runtimeClient: runtimeClient.name, node: process.version, rounds, rows };
  console.log(values.json ? JSON.stringify(report, undefined, 2) : render(report));
} finally {
  await rm(directory, { recursive: true });
}
