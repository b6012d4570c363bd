import type { SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SourceQueue } from "../../shared/ports/source-queue.ts";
import { now } from "../support/stack/jobs.ts";

/** A queue, its dead letters, and what a function gets of a message that somebody has sent. */
export interface OpenedQueue {
  readonly queue: SourceQueue;
  readonly receive: (body: string) => Promise<SQSRecord>;
  /** The reasons of the messages that were dead-lettered, by their codes, in order. */
  readonly deadLettered: () => Promise<readonly string[]>;
  readonly stop: () => Promise<unknown>;
}

/** Holds a source queue to what {@link SourceQueue} promises. */
export const describeSourceQueue = (name: string, open: () => Promise<OpenedQueue>): void => {
  describe(`the source queue ${name}`, () => {
    let opened: OpenedQueue;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.stop());

    test("dead-letters each message that it is told to, with its reason", async () => {
      for (const code of ["not-found", "malformed"])
        await opened.queue.deadLetter(await opened.receive("{}"), { code, detail: "For a test." }, now);
      expect(await opened.deadLettered()).toEqual(["not-found", "malformed"]);
    });

    test("delays messages without failing, however many, or none", async () => {
      const record = await opened.receive("{}");
      for (const count of [0, 1, 25])
        await expect(opened.queue.delay(Array.from({ length: count }, () => record))).resolves.toBeUndefined();
    });
  });
};
