import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Change } from "../../shared/cancellation/change.ts";
import { decideCancel, decideUnseen } from "../../shared/cancellation/decide-cancel.ts";
import { decideFinish, decideHeartbeat, renewUnseen } from "../../shared/cancellation/decide-report.ts";
import { expire } from "../../shared/cancellation/expiry.ts";
import type { Job } from "../../shared/cancellation/job.ts";
import { keyOfUid } from "../../shared/normalization/job-key.ts";
import { applyChange } from "../support/apply-change.ts";
import { aJob, now } from "../support/jobs.ts";
import { type JobsTable, startJobsTable } from "../support/jobs-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

/** Where the change of a step comes from: a decision about the job as it is, or as it was a few steps ago. */
type Decide = (job: Job, at: number) => Change | undefined;

const commandAt = (requestedAt: number) => ({
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: ["rows"] } as const,
  trigger: "http" as const,
  requestedBy: "ops",
  requestedAt,
});

const decisions: readonly Decide[] = [
  (_, at) => decideUnseen(commandAt(at)).change,
  (job, at) => decideCancel(job, commandAt(at), at).change,
  (job, at) => renewUnseen(job.uid, at).change,
  (job, at) => decideHeartbeat(job, false, at).change,
  (job, at) => decideHeartbeat(job, true, at).change,
  (job, at) => decideFinish(job, { outcome: "succeeded" }, at).change,
  (job, at) => decideFinish(job, { outcome: "failed", error: "disk full" }, at).change,
  (job, at) => decideFinish(job, { outcome: "cancelled", residue: ["a file"] }, at).change,
  (job, at) => expire(job, at),
];

const step = fc.record({
  decide: fc.nat({ max: decisions.length - 1 }),
  age: fc.nat({ max: 3 }),
  after: fc.nat({ max: 20_000 }),
});

test("the table does to a job what the model says, whatever was decided and however long ago", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("queued" as const, "running" as const),
      fc.array(step, { minLength: 1, maxLength: 12 }),
      async (state, steps) => {
        const first = aJob({ state, heartbeatTimeoutSeconds: 10 });
        await table.jobs.register(first, first.uid);
        const history: Job[] = [first];
        let at = now;
        for (const { decide, age, after } of steps) {
          at += after;
          const current = history.at(-1) ?? first;
          const change = decisions[decide]?.(history.at(-1 - age) ?? first, at);
          if (!change) continue;
          const expected = applyChange(current, change);
          const written = await table.jobs.change(keyOfUid(first.uid), change);
          expect(written).toEqual({ applied: expected !== undefined, job: expected ?? current });
          history.push(expected ?? current);
        }
        expect(await table.jobs.get(first.uid)).toEqual(history.at(-1));
      },
    ),
    { numRuns: 150 },
  );
});
