import type { Connection } from "./connection.ts";
import type { Secret } from "./secret.ts";

export interface CleanupPolicy {
  readonly name: string;
  readonly service?: string;
  readonly selector: Selector;
  readonly maxRuntimeSeconds?: number;
  /** Holds for a job that runs for longer than it said itself. */
  readonly ownMaxRuntime?: true;
  /** Holds for a queued job that waits for longer than it said itself. */
  readonly ownMaxQueued?: true;
  readonly heartbeatLost?: true;
  readonly action: "cancel" | "report";
  /** For each owner. */
  readonly maxActionsPerRun: number;
  readonly maxActionsOfAllOwners: number;
  readonly maxFractionOfActive: number;
}

export interface Selector {
  readonly labels?: Readonly<Record<string, string>>;
  readonly jobType?: string;
  readonly project?: string;
}

export interface Settings {
  readonly policies: readonly CleanupPolicy[];
  readonly tombstoneSeconds: number;
  /** Seals the cursors of lists: 32 bytes in base64url. */
  readonly cursorKey: Secret;
  readonly connections: readonly Connection[];
}
