import type { Secret } from "./secret.ts";

/** A place outside at which work runs that a job may name, as the configuration has it. */
export interface Connection {
  readonly name: string;
  readonly kind: "postgres";
  /** May hold the role's secret. */
  readonly url: Secret;
  /** Names that secret where the URL does not hold it. */
  readonly secretRef?: string;
  /** Whether a job may ask for the INVALID index to be dropped that a cancelled build leaves. */
  readonly mayDropIndexes: boolean;
}
