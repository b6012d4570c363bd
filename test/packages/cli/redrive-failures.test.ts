import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelCreateIndexJob } from "../../../functions/analyticdb/cancel-create-index-job/operation.ts";
import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import { AwsUnreachable } from "../../../shared/adapters/aws-client/json-client.ts";
import { decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import { StoreUnavailable } from "../../../shared/ports/job-store.ts";
import { cancelBody, insteadOf, nothing, one, oneOfEach, redriven } from "./redrive-run.ts";
import { type RedriveStack, startRedriveStack } from "./redrive-stack.ts";

let stack: RedriveStack;
beforeAll(async () => {
  stack = await startRedriveStack();
});
afterAll(() => stack.stop());

const failing = (error: Error) => () => Promise.reject(error);
const unreachable = failing(new AwsUnreachable("no answer: none within 800 ms"));

describe("a failure ends the run", () => {
  test("between sending and removing: the message is in both places, and its repetition harmless", async () => {
    const queue = await stack.queue();
    const { jobId, uid } = await stack.registered();
    await stack.send(queue.deadLetters, cancelBody(jobId));
    const { lines, summary } = await redriven(stack, queue, {}, insteadOf(stack, "DeleteMessage", unreachable));
    expect(summary).toBe("0 moved, 0 settled, 0 kept, 1 failed");
    expect(lines).toEqual([expect.stringMatching(/^[0-9a-f-]{36} failed: no answer: none within 800 ms$/)]);
    expect(await stack.count(queue.deadLetters)).toEqual(one);
    expect(await stack.bodiesIn(queue.queue)).toEqual([cancelBody(jobId)]);

    // What the cancel does to the job. Then nothing is left to do for the other copy.
    const { service } = cancelSqlJob;
    const command = { rules: service.cancel, trigger: "queue", requestedBy: "a", requestedAt: Date.now() } as const;
    const { change } = decideUnseen(command);
    if (change) await stack.jobs.change(uidToKey(uid), change);
    expect((await redriven(stack, queue)).summary).toBe("0 moved, 1 settled, 0 kept");
    expect(await stack.count(queue.deadLetters)).toEqual(nothing);
  });

  test("of sending: the message stays", async () => {
    const { queue } = await oneOfEach(stack);
    const { summary } = await redriven(stack, queue, {}, insteadOf(stack, "SendMessage", unreachable));
    expect(summary).toBe("0 moved, 1 settled, 1 kept, 1 failed");
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 2, inFlight: 0 });
  });

  test("of the table: what was not decided is visible again, and nothing more is taken", async () => {
    const queue = await stack.queue();
    for (let count = 0; count < 12; count++) await stack.send(queue.deadLetters, cancelBody("j"));
    const jobs = { newest: failing(new StoreUnavailable("the table did not answer")) };
    const { lines, summary } = await redriven(stack, queue, {}, { jobs });
    expect(summary).toBe("0 moved, 0 settled, 0 kept, 10 failed");
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/ failed: the table did not answer$/);
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 12, inFlight: 0 });
  });

  test("of receiving: what was received before is visible again", async () => {
    const { queue } = await oneOfEach(stack);
    let receives = 0;
    const once = insteadOf(stack, "ReceiveMessage", async (_, call) => (receives++ < 1 ? call() : unreachable()));
    const { lines, summary } = await redriven(stack, queue, { dryRun: true }, once);
    expect(summary).toBe("1 would be moved, 1 would be settled, 1 would be kept, 1 failed");
    expect(lines[3]).toBe("the dead letters cannot be received: no answer: none within 800 ms");
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 3, inFlight: 0 });
  });

  test("of making visible again is told", async () => {
    const { queue } = await oneOfEach(stack);
    const { lines, summary } = await redriven(
      stack,
      queue,
      {},
      insteadOf(stack, "ChangeMessageVisibilityBatch", unreachable),
    );
    expect(summary).toBe("1 moved, 1 settled, 1 kept, 1 failed");
    expect(lines[3]).toBe("what stays is visible again only after 120 s: no answer: none within 800 ms");
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 0, inFlight: 1 });
  });
});

test("prints nothing of what it received", async () => {
  const canary = "canary-3f2c";
  const parameters = { RegionId: "cn-hangzhou", DBInstanceId: "gp-1", Namespace: "ns", Collection: "c", JobId: "j" };
  const bodies = [
    { operation: "cancel-create-index-job", parameters: { ...parameters, NamespacePassword: canary }, reason: canary },
    { operation: "cancel-create-index-job", parameters: { ...parameters, NamespacePassword: [canary] } },
    { operation: "cancel-create-index-job", parameters: { ...parameters, RegionId: canary, [canary]: canary } },
    { operation: canary, parameters, [canary]: canary },
    { specversion: "1.0", id: "1", source: canary, type: canary },
    canary,
  ].map((body) => JSON.stringify(body));
  const queue = await stack.queue();
  for (const body of [...bodies, `{"NamespacePassword": "${canary}`]) await stack.send(queue.deadLetters, body);
  const asked = { operation: cancelCreateIndexJob };
  const { lines, summary } = await redriven(stack, queue, asked);
  expect(summary).toBe("0 moved, 0 settled, 7 kept");
  expect(lines.join("\n")).not.toContain(canary);

  const jobs = { newest: failing(new Error(`Unexpected token in "${canary}"`)) };
  const failed = await redriven(stack, queue, asked, { jobs });
  expect(failed.lines.join("\n")).toContain(" failed: Error");
  expect(failed.lines.join("\n")).not.toContain(canary);
});
