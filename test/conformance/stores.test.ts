import { startJobsTable } from "../support/stack/jobs-table.ts";
import { memoryStore } from "../support/stores/memory-store.ts";
import { describeChanges } from "./changes.ts";
import { describeCounts } from "./counts.ts";
import { describeDueQueue } from "./due-queue.ts";
import { describeIncarnations } from "./incarnations.ts";
import { describeJobStore } from "./job-store.ts";
import type { OpenStore } from "./opened-store.ts";

const implementations: Readonly<Record<string, OpenStore>> = {
  "of DynamoDB": startJobsTable,
  "in memory": async () => ({ ...memoryStore(), stop: async () => {} }),
};

for (const [name, open] of Object.entries(implementations)) {
  describeJobStore(name, open);
  describeIncarnations(name, open);
  describeChanges(name, open);
  describeCounts(name, open);
  describeDueQueue(name, open);
}
