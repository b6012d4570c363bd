import { expect, test } from "vitest";
import { cancelScheduledTask } from "../../../functions/dds/cancel-scheduled-task/operation.ts";
import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import { cancelGraphJob } from "../../../functions/ges/cancel-graph-job/operation.ts";
import { cancelOperations, readOperations } from "../../../functions/registry.ts";
import type { Outcome } from "../../../shared/domain/outcome.ts";
import type { RequestError } from "../../../shared/validation/request-error.ts";
import { aJob } from "../../support/stack/jobs.ts";

const about = { requestId: "id", host: "host" };

/** A path always carries its parameters, so HTTP cannot leave one out; a message from a queue can. */
const missing = { kind: "invalid", issues: [{ parameter: "job_id", rule: "required", expected: "given" }] } as const;

test.each([
  [cancelSqlJob, 400, { error_code: "DLI.0001" }],
  [cancelScheduledTask, 400, { error_code: "DBS.200001" }],
  [cancelGraphJob, 400, { errorCode: "GES.8005" }],
])("$name words a missing parameter", ({ render }, status, body) => {
  const reply = render(missing, about);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject(body);
});

const everyOutcome: readonly (Outcome | RequestError)[] = [
  { kind: "accepted" },
  { kind: "shown", body: {} },
  { kind: "remembered" },
  { kind: "too-late", job: aJob({ state: "succeeded" }), jobId: "job-1" },
  { kind: "not-found", jobId: "job-1" },
  { kind: "wrong-secret" },
  { kind: "unsupported-type" },
  { kind: "too-large", limitBytes: 1 },
  { kind: "secret-locked", minutes: 5 },
  { kind: "head-too-large", limitBytes: 1 },
  { kind: "malformed", detail: "d" },
  { kind: "wrong-content-type", expected: "e" },
  { kind: "unauthenticated", fault: "missing" },
  { kind: "unauthenticated", fault: "unknown-token" },
  { kind: "unauthenticated", fault: "unsupported-algorithm" },
  { kind: "unknown-route" },
  { kind: "unknown-action", action: undefined },
  { kind: "unknown-action", action: "a" },
  { kind: "unknown-version", version: undefined },
  { kind: "unknown-version", version: "v" },
  missing,
  { kind: "forbidden", action: "a", explicitly: false },
  { kind: "throttled", retryAfterMs: 1 },
  { kind: "unavailable" },
  { kind: "internal" },
];

test.each([...cancelOperations, ...readOperations].map(({ name, render }) => ({ name, render })))(
  "$name has a reply to every outcome",
  ({ render }) => {
    for (const outcome of everyOutcome) {
      const { status, body } = render(outcome, about);
      expect(status).toBeGreaterThanOrEqual(["accepted", "remembered", "shown"].includes(outcome.kind) ? 200 : 400);
      expect(status === 204 || body !== undefined).toBe(true);
    }
  },
);
