import type { CloudEvent } from "../domain/outcome-event.ts";

export interface EventBus {
  /** Publishes events and gives the ids of those that the bus has taken. Throws where it takes none at all. */
  publish(events: readonly CloudEvent[]): Promise<ReadonlySet<string>>;
}
