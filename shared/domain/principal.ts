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
  /** The documented APIs that it is about; all, and our own, when absent. */
  readonly operations?: readonly string[] | undefined;
  /** The projects or instances that it is about; all when absent. */
  readonly projects?: readonly string[] | undefined;
  /** An allow of none lets no secret be used by its name, and a deny is about the requests that use one of these. All when absent. */
  readonly secretRefs?: readonly string[] | undefined;
}
