/** The fields that a log line may have. The list is closed: what is not in it, a secret above all, is not logged. */
export interface LogFields {
  readonly requestId?: string;
  readonly function?: string;
  readonly operation?: string;
  readonly trigger?: string;
  readonly principal?: string;
  readonly service?: string;
  readonly uid?: string;
  readonly answer?: string;
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

/** One JSON object for each line, written as it is: the console of the Lambda runtime would wrap it in another. */
export const jsonLog = (write: (line: string) => void, now: () => number): Log => {
  const line = (level: string, message: string, fields: object) =>
    write(JSON.stringify({ timestamp: new Date(now()).toISOString(), level, message, ...fields }));
  return {
    info: (message, fields) => line("INFO", message, fields),
    error: (message, fields, cause) => line("ERROR", message, { ...fields, error: describe(cause) }),
  };
};

const describe = (cause: unknown): object => {
  if (!(cause instanceof Error)) return { type: typeof cause };
  const { name, message, stack } = cause;
  return { name, message, stack, ...(cause.cause === undefined ? {} : { cause: describe(cause.cause) }) };
};
