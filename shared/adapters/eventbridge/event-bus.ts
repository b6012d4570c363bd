import { mapAtMost } from "../../concurrency/map-at-most.ts";
import type { CloudEvent } from "../../domain/outcome-event.ts";
import type { EventBus } from "../../ports/event-bus.ts";
import type { Log } from "../../ports/log.ts";
import type { AwsCall, JsonService } from "../aws-client/json-client.ts";

export const eventBridge: JsonService = {
  name: "events",
  target: "AWSEvents",
  contentType: "application/x-amz-json-1.1",
};

/** What one `PutEvents` takes: ten events, and 256 KB with all that stands around their details. */
const entriesPerCall = 10;
const detailBytesPerCall = 240_000;
const callsAtOnce = 8;

export const eventBridgeBus = (call: AwsCall, bus: string, log: Log): EventBus => ({
  async publish(events) {
    const taken = new Set<string>();
    let cause: unknown;
    const calls = toCalls(events.map((event) => ({ id: event.id, entry: toEntry(event, bus) })));
    await mapAtMost(callsAtOnce, calls, async (some) => {
      try {
        const { Entries: results } = await call("PutEvents", { Entries: some.map(({ entry }) => entry) });
        for (const [index, { EventId }] of (results as { EventId?: string }[]).entries()) {
          const event = some[index];
          if (event && EventId !== undefined) taken.add(event.id);
        }
      } catch (error) {
        // The events of other calls are out all the same.
        cause = error;
      }
    });
    if (cause !== undefined && taken.size === 0) throw cause;
    if (cause !== undefined) log.error("some events could not be published", {}, cause);
    return taken;
  },
});

interface Entry {
  readonly id: string;
  readonly entry: ReturnType<typeof toEntry>;
}

const toCalls = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const calls: Entry[][] = [];
  let bytes = 0;
  for (const each of entries) {
    const size = Buffer.byteLength(each.entry.Detail);
    const last = calls.at(-1);
    const isRoom = last && last.length < entriesPerCall && bytes + size <= detailBytesPerCall;
    if (isRoom) last.push(each);
    else calls.push([each]);
    bytes = isRoom ? bytes + size : size;
  }
  return calls;
};

const toEntry = (event: CloudEvent, EventBusName: string) => ({
  EventBusName,
  Source: "dev.standdown",
  DetailType: event.type,
  Time: Date.parse(event.time) / 1000,
  Detail: JSON.stringify(event),
});
