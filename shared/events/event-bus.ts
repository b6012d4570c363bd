import type { AwsCall, JsonService } from "../aws/json-client.ts";
import type { CloudEvent } from "./outcome-event.ts";

export interface EventBus {
  /** Publishes events and gives the ids of those that the bus has taken. Throws where it takes none at all. */
  publish(events: readonly CloudEvent[]): Promise<ReadonlySet<string>>;
}

export const eventBridge: JsonService = {
  name: "events",
  target: "AWSEvents",
  contentType: "application/x-amz-json-1.1",
};

/** What one `PutEvents` takes. */
const entriesPerCall = 10;

/** Every event is the detail of an EventBridge event, under its own type, so that rules can select by that. */
export const eventBridgeBus = (call: AwsCall, bus: string): EventBus => ({
  async publish(events) {
    const taken = new Set<string>();
    try {
      for (let start = 0; start < events.length; start += entriesPerCall) {
        const some = events.slice(start, start + entriesPerCall);
        const { Entries: results } = await call("PutEvents", { Entries: some.map((event) => entryOf(event, bus)) });
        for (const [index, { EventId }] of (results as { EventId?: string }[]).entries()) {
          const event = some[index];
          if (event && EventId !== undefined) taken.add(event.id);
        }
      }
    } catch (error) {
      // What an earlier call brought out is out: nobody should be told of it again.
      if (taken.size === 0) throw error;
    }
    return taken;
  },
});

const entryOf = (event: CloudEvent, EventBusName: string) => ({
  EventBusName,
  Source: "dev.standdown",
  DetailType: event.type,
  Time: Date.parse(event.time) / 1000,
  Detail: JSON.stringify(event),
});
