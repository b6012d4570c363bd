import { describe, expect, test } from "vitest";
import { cancelCreateIndexJob } from "../../../functions/analyticdb/cancel-create-index-job/operation.ts";
import { cancelScheduledTask } from "../../../functions/dds/cancel-scheduled-task/operation.ts";
import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import {
  type DeadLetter,
  explainRefusal,
  originalMessageId,
  readDeadLetter,
} from "../../../packages/cli/redrive/dead-letter.ts";
import { judgeDeadLetter } from "../../../packages/cli/redrive/judge-dead-letter.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { jobKey } from "../../../shared/domain/job-key.ts";
import type { CancelOperation } from "../../../shared/operations/define.ts";
import { type RequestError, RequestRejected } from "../../../shared/validation/request-error.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { cancelBody, projectId } from "./redrive-run.ts";

const letter: DeadLetter = { key: "K", jobId: "j", ifUnknown: "dead-letter", redacted: false, sentAt: now + 1 };
const judged = (given: Partial<DeadLetter>, job?: Partial<Job>, { service }: CancelOperation = cancelSqlJob) =>
  judgeDeadLetter({ ...letter, ...given }, job && aJob(job), service.cancel);

describe("a cancel", () => {
  test.each<[string, Partial<DeadLetter>, Partial<Job> | undefined, string, string]>([
    ["of a job that runs", {}, { state: "running" }, "moved", "its job is running"],
    ["of a job that waits", {}, { state: "queued" }, "moved", "its job is queued"],
    ["that was forbidden", { reason: "forbidden" }, {}, "moved", "its job is running"],
    ["of a job that came since", { reason: "not-found", sentAt: now - 1 }, {}, "moved", "its job is running"],
    ["that comes first", { ifUnknown: "tombstone" }, undefined, "moved", "no such job, and the cancel is to be"],
    ["of a job that is told to stop", {}, { state: "stopping" }, "settled", "being stopped already"],
    ["of a job that succeeded", {}, { state: "succeeded" }, "settled", "its job has ended: succeeded"],
    ["of a job that failed", {}, { state: "failed" }, "settled", "its job has ended: failed"],
    ["of a job that is cancelled", { redacted: true }, { state: "cancelled" }, "settled", "has ended: cancelled"],
    ["of the job before", { sentAt: now - 1 }, { supersedes: "U" }, "settled", "another has the same id"],
    ["of the job before, which none was", { sentAt: now - 1 }, {}, "moved", "its job is running"],
    ["of the job of now", { sentAt: now }, { supersedes: "U" }, "moved", "its job is running"],
    ["of no job", {}, undefined, "kept", "there is still no such job"],
    ["without its secrets", { redacted: true }, {}, "kept", "send it again"],
    ["of no job, without its secrets", { redacted: true, ifUnknown: "tombstone" }, undefined, "kept", "send it again"],
    ["of another type", {}, { jobType: "SCALE_QUEUE" }, "kept", "jobs of this type cannot be cancelled"],
  ])("%s", (_, given, job, kind, why) => {
    expect(judged(given, job)).toEqual({ kind, why: expect.stringContaining(why) });
  });

  test("comes too late for a task that no longer waits", () => {
    const task = { service: "dds", jobType: "RESTART" };
    expect(judged({}, { ...task, state: "queued" }, cancelScheduledTask).kind).toBe("moved");
    const tooLate = { kind: "settled", why: "too late: its job is running" };
    expect(judged({}, { ...task, state: "running" }, cancelScheduledTask)).toEqual(tooLate);
  });
});

const message = (Body: string, attributes: Record<string, string> = {}) => ({
  MessageId: "m",
  ReceiptHandle: "r",
  Body,
  MD5OfBody: "",
  Attributes: { SentTimestamp: "1795341600000" },
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  ),
});

const indexBody = (parameters: object, also: object = {}) =>
  JSON.stringify({
    operation: "cancel-create-index-job",
    parameters: {
      RegionId: "cn-hangzhou",
      DBInstanceId: "gp-1",
      Namespace: "ns",
      Collection: "c",
      JobId: "j",
      ...parameters,
    },
    ...also,
  });

describe("a dead letter", () => {
  test("that was dead-lettered says when and why", () => {
    const attributes = { Reason: "forbidden", SentAt: "2026-11-22T10:00:01.000Z", MessageId: "before" };
    const deadLettered = message(cancelBody("j", { ifUnknown: "tombstone" }), attributes);
    const key = jobKey("dli", [projectId], "j");
    const at = { sentAt: now + 1000, reason: "forbidden" };
    expect(readDeadLetter(cancelSqlJob, deadLettered)).toEqual({
      key,
      jobId: "j",
      ifUnknown: "tombstone",
      redacted: false,
      ...at,
    });
    expect(originalMessageId(deadLettered)).toBe("before");
  });

  test("that SQS has moved says when it was sent", () => {
    expect(readDeadLetter(cancelSqlJob, message(cancelBody("j")))).toMatchObject({
      sentAt: now,
      ifUnknown: "dead-letter",
    });
    expect(originalMessageId(message(""))).toBeUndefined();
  });

  test.each([
    ["by its attribute", message(indexBody({ NamespacePassword: "p" }), { Redacted: "true" }), true],
    ["by a value", message(indexBody({ NamespacePassword: "[redacted]" })), true],
    ["not at all", message(indexBody({ NamespacePassword: "p" })), false],
    ["not where the password is only named", message(indexBody({}, { secretRef: "team/ns" })), false],
  ])("is redacted: %s", (_, given, redacted) => {
    const key = jobKey("analyticdb-index", ["cn-hangzhou", "gp-1", "ns", "c"], "j");
    expect(readDeadLetter(cancelCreateIndexJob, given)).toMatchObject({ redacted, key });
  });

  test.each<[string, CancelOperation, string, string]>([
    ["is not JSON", cancelSqlJob, "[cut", "JSON"],
    ["is for another operation", cancelScheduledTask, cancelBody("j"), "operation must be cancel-scheduled-task"],
    [
      "lacks a parameter",
      cancelCreateIndexJob,
      indexBody({ Namespace: undefined, NamespacePassword: "p" }),
      "Namespace is missing",
    ],
    ["lacks its password", cancelCreateIndexJob, indexBody({}), "NamespacePassword is missing"],
    [
      "has its password twice",
      cancelCreateIndexJob,
      indexBody({ NamespacePassword: "p" }, { secretRef: "n" }),
      "secretRef must be left out",
    ],
    [
      "names a password that nobody asks for",
      cancelSqlJob,
      cancelBody("j", { secretRef: "n" }),
      "secretRef must be left out",
    ],
    ["is too large", cancelSqlJob, cancelBody("j", { reason: "x".repeat(70_000) }), "it has more than 65536 bytes"],
  ])("that %s is refused in words", (_, operation, body, why) => {
    expect(faultIn(operation, body)).toContain(why);
  });

  test("is refused for anything else without details", () => {
    expect(explainRefusal({ kind: "internal" } satisfies RequestError)).toBe("the message is refused: internal");
  });
});

const faultIn = (operation: CancelOperation, body: string): string => {
  try {
    return `read as ${JSON.stringify(readDeadLetter(operation, message(body)))}`;
  } catch (error) {
    if (error instanceof RequestRejected) return explainRefusal(error.failure);
    throw error;
  }
};
