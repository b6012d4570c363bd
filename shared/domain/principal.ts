import type { Trigger } from "./job.ts";

export interface Principal {
  readonly name: string;
  readonly account?: string;
  readonly policies: readonly Policy[];
  /** All when absent. */
  readonly triggers?: readonly Trigger[];
  /** The projects or instances that the presented token is good for; all when absent. */
  readonly projects?: readonly string[];
}

/** `*` stands for any text, also none. */
export interface Policy {
  readonly effect: "allow" | "deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}
