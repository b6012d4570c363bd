import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelBody, insteadOf, nothing, one, oneOfEach, redriven } from "./redrive-run.ts";
import { type RedriveStack, startRedriveStack } from "./redrive-stack.ts";

let stack: RedriveStack;
beforeAll(async () => {
  stack = await startRedriveStack();
});
afterAll(() => stack.stop());

describe("every message is judged", () => {
  test("and moved, removed or left where it was", async () => {
    const { queue, running, ended, bodies, settled } = await oneOfEach(stack);
    const { lines, summary } = await redriven(stack, queue);
    expect(summary).toBe("1 moved, 1 settled, 1 kept");
    expect(lines.map((line) => line.replace(/^[0-9a-f-]{36} /, "")).sort()).toEqual([
      "kept dli unknown: there is still no such job",
      `moved dli ${running.jobId} ${running.uid}: its job is running`,
      `settled dli ${ended.jobId} ${ended.uid}: its job has ended: succeeded`,
    ]);
    expect(lines).toContainEqual(expect.stringContaining(`${settled} settled`));
    const [moved, ...others] = await stack.messagesIn(queue.queue);
    expect(others).toEqual([]);
    expect(moved).toMatchObject({ Body: bodies[0] });
    // The cancel stays as old as it is.
    expect(Object.keys(moved?.MessageAttributes ?? {})).toEqual(["SentAt"]);
    // Visible at once, with its reason.
    const [kept, ...rest] = await stack.messagesIn(queue.deadLetters);
    expect(rest).toEqual([]);
    expect(kept).toMatchObject({ Body: bodies[2], MessageAttributes: { Reason: { StringValue: "not-found" } } });
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 0, inFlight: 1 });
  });

  test("and nothing is changed by a dry run", async () => {
    const { queue, running, bodies } = await oneOfEach(stack);
    const { lines, summary } = await redriven(stack, queue, { dryRun: true });
    expect(summary).toBe("1 would be moved, 1 would be settled, 1 would be kept");
    expect(lines).toContainEqual(expect.stringMatching(`would be moved dli ${running.jobId} ${running.uid}: its job`));
    expect(await stack.count(queue.queue)).toEqual(nothing);
    expect(await stack.bodiesIn(queue.deadLetters)).toEqual([...bodies].sort());
  });

  test("however many there are", async () => {
    const queue = await stack.queue();
    const { jobId } = await stack.registered();
    const bodies = Array.from({ length: 25 }, (_, index) => cancelBody(jobId, { reason: `${index}` })).sort();
    for (const body of bodies) await stack.send(queue.deadLetters, body);
    expect((await redriven(stack, queue, { maxMessages: 12 })).summary).toBe("12 moved, 0 settled, 0 kept");
    expect(await stack.count(queue.deadLetters)).toEqual({ visible: 13, inFlight: 0 });
    const { lines, summary } = await redriven(stack, queue);
    expect(summary).toBe("13 moved, 0 settled, 0 kept");
    expect(lines).toHaveLength(13);
    expect(await stack.bodiesIn(queue.queue)).toEqual(bodies);
    expect(await stack.count(queue.deadLetters)).toEqual(nothing);
  });

  test("also after a receive that found nothing", async () => {
    const { queue } = await oneOfEach(stack);
    let receives = 0;
    const late = insteadOf(stack, "ReceiveMessage", async (_, call) => (receives++ < 2 ? {} : call()));
    expect((await redriven(stack, queue, {}, late)).summary).toBe("1 moved, 1 settled, 1 kept");
  });

  test("only once, if it comes again before the run has ended", async () => {
    const { queue } = await oneOfEach(stack);
    const shortly = insteadOf(stack, "ReceiveMessage", (input) =>
      stack.callSqs("ReceiveMessage", { ...input, VisibilityTimeout: 0 }),
    );
    const { lines, summary } = await redriven(stack, queue, { dryRun: true }, shortly);
    expect(summary).toBe("1 would be moved, 1 would be settled, 1 would be kept");
    expect(lines).toHaveLength(3);
  });

  test("and is not moved for ever, if the function dead-letters it again at once", async () => {
    const queue = await stack.queue();
    const { jobId } = await stack.registered();
    await stack.deadLetter(queue, cancelBody(jobId), "forbidden");
    const deadLettering = insteadOf(stack, "SendMessage", async (_, call) => {
      const sent = (await call()) as { MessageId: string };
      await stack.deadLetter(queue, cancelBody(jobId), "forbidden", sent.MessageId);
      return sent;
    });
    const { lines, summary } = await redriven(stack, queue, { maxMessages: 5 }, deadLettering);
    expect(summary).toBe("1 moved, 0 settled, 1 kept");
    expect(lines[1]).toMatch(/^[0-9a-f-]{36} kept: it was moved just now and dead-lettered again$/);
    expect(await stack.count(queue.deadLetters)).toEqual(one);
  });

  test("after it was asked for with its attributes, which this server gives unasked", async () => {
    const { queue } = await oneOfEach(stack);
    const inputs: object[] = [];
    const noting = insteadOf(stack, "ReceiveMessage", (input, call) => {
      inputs.push(input);
      return call();
    });
    await redriven(stack, queue, { maxMessages: 7 }, noting);
    expect(inputs[0]).toEqual({
      QueueUrl: queue.deadLetters,
      MaxNumberOfMessages: 7,
      VisibilityTimeout: 120,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
  });

  test("by the time at which it was sent, though it was dead-lettered later", async () => {
    const queue = await stack.queue();
    const { jobId } = await stack.registered({ registeredAt: Date.now() + 600_000, supersedes: "the job before" });
    await stack.send(queue.deadLetters, cancelBody(jobId));
    await stack.deadLetter(queue, cancelBody(jobId), "forbidden");
    await stack.deadLetter(queue, cancelBody(jobId), "not-found");
    const { lines, summary } = await redriven(stack, queue);
    expect(summary).toBe("0 moved, 3 settled, 0 kept");
    expect(lines.filter((line) => line.includes("another has the same id now"))).toHaveLength(3);
  });

  test("for a job of the same project", async () => {
    const queue = await stack.queue();
    const { jobId } = await stack.registered({ owner: "another", scope: { projectId: "another" } });
    await stack.send(queue.deadLetters, cancelBody(jobId));
    const { lines } = await redriven(stack, queue);
    expect(lines).toEqual([expect.stringContaining(`kept dli ${jobId}: there is still no such job`)]);
  });
});
