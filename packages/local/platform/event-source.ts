/** Something that brings events to functions: a server, a poller, a rule. */
export interface EventSource {
  /** Takes no further event at once, and lets those in flight finish for so long. */
  stop(graceMs: number): Promise<void>;
}
