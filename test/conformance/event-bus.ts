import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudEvent, toOutcomeEvent } from "../../shared/domain/outcome-event.ts";
import type { EventBus } from "../../shared/ports/event-bus.ts";
import { aJob, now } from "../support/stack/jobs.ts";

/** A bus, and what it has taken since it was opened, in order. */
export interface OpenedBus {
  readonly bus: EventBus;
  readonly taken: () => Promise<readonly CloudEvent[]>;
  readonly stop: () => Promise<unknown>;
}

/** Events of so many jobs. */
export const outcomeEvents = (count: number, reason = "zu teuer – 高い"): readonly CloudEvent[] =>
  Array.from({ length: count }, () => {
    const cancellation = {
      trigger: "http",
      requestedBy: "ops",
      reason,
      requestedAt: now + 5_007,
      outcome: "stopping",
      steps: [],
      residue: [],
      repeats: 0,
    } as const;
    return toOutcomeEvent(aJob({ cancellation }), cancellation, "requested");
  });

export const idsOf = (events: readonly CloudEvent[]): readonly string[] => events.map(({ id }) => id);

/** Holds an event bus to what {@link EventBus} promises. */
export const describeEventBus = (name: string, open: () => Promise<OpenedBus>): void => {
  describe(`the event bus ${name}`, () => {
    let opened: OpenedBus;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.stop());

    test.each([1, 23])("takes %d events whole, in whatever order, and says which", async (count) => {
      const events = outcomeEvents(count);
      expect(await opened.bus.publish(events)).toEqual(new Set(idsOf(events)));
      expect(new Set((await opened.taken()).slice(-count))).toEqual(new Set(events));
    });

    test("takes events that are large together", async () => {
      const large = outcomeEvents(9, "x".repeat(60_000));
      expect(await opened.bus.publish(large)).toEqual(new Set(idsOf(large)));
      expect(new Set(idsOf((await opened.taken()).slice(-9)))).toEqual(new Set(idsOf(large)));
    });

    test("takes an event again: whoever reads tells them apart by their ids", async () => {
      const events = outcomeEvents(1);
      for (const _ of [1, 2]) expect([...(await opened.bus.publish(events))]).toEqual(idsOf(events));
    });

    test("takes nothing where it is given nothing", async () => {
      const before = (await opened.taken()).length;
      expect(await opened.bus.publish([])).toEqual(new Set());
      expect(await opened.taken()).toHaveLength(before);
    });
  });
};
