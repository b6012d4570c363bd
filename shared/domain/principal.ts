import type { Trigger } from "./job.ts";

/** Who asks, for the length of one request. */
export interface Principal {
  readonly name: string;
  readonly account?: string;
  readonly policies: readonly Policy[];
  /** The triggers by which this principal may ask; all when absent. */
  readonly triggers?: readonly Trigger[];
  /** The projects or instances that the presented token is good for; all when absent. */
  readonly projects?: readonly string[];
}

/** What a principal may or may not do. `*` stands for any text, also none. */
export interface Policy {
  readonly effect: "allow" | "deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}
