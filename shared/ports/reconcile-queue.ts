/** When to look at a cancellation. */
export interface Look {
  readonly uid: string;
  readonly delaySeconds: number;
}

/** Asks for looks at cancellations by delayed messages. */
export interface FollowUps {
  /** Never fails: what cannot be asked for now, the sweep of the due index finds within a minute. */
  schedule(looks: readonly Look[]): Promise<void>;
}
