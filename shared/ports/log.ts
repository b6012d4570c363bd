/** The fields that a log line may have. The list is closed: what is not in it, a secret above all, is not logged. */
export interface LogFields {
  readonly requestId?: string;
  readonly function?: string;
  readonly operation?: string;
  readonly trigger?: string;
  readonly principal?: string;
  readonly service?: string;
  readonly uid?: string;
  /** How a request or a message ended. */
  readonly outcome?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly messageId?: string;
  /** The name that the configuration gives it. */
  readonly policy?: string;
  /** How many of what a scheduled run was about. */
  readonly count?: number;
}

export interface Log {
  info(message: string, fields: LogFields): void;
  /** The cause goes in with its stack and its own causes; answers never show it. */
  error(message: string, fields: LogFields, cause: unknown): void;
}
