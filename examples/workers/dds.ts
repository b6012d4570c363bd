import { runSample } from "./run-sample.ts";
import { lease, projectId, type Sample } from "./sample.ts";
import { reshard, toShard } from "./shards.ts";

const documents = 100_000;

/** Waits for its maintenance window, then moves an instance's documents to more shards. */
const sample: Sample = {
  name: "dds",
  jobId: "resize-flavor",
  job: {
    service: "dds",
    scope: { projectId, instanceId: "b0c1d2e3f4a5in02" },
    jobType: "RESIZE_FLAVOR",
    state: "queued",
    ...lease,
  },
  waitMs: 30 * 60_000,
  *round() {
    const shards = [new Map<string, string>(), new Map<string, string>()];
    for (let number = 0; number < documents; number++) {
      const id = `document-${number}`;
      shards[toShard(id, shards.length)]?.set(id, `order ${number}`);
    }
    const moved = yield* reshard(shards, 5);
    return `moved ${documents} documents from ${shards.length} to ${moved.length} shards`;
  },
  cancel: (jobId) => ({
    method: "DELETE",
    path: `/v3/${projectId}/scheduled-jobs/${jobId}`,
    authentication: "X-Auth-Token",
  }),
};

await runSample(sample);
