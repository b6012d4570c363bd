/** A closed list: nothing else, a secret above all, is logged. */
export interface LogFields {
  readonly requestId?: string;
  readonly function?: string;
  readonly operation?: string;
  readonly trigger?: string;
  readonly principal?: string;
  /** Of the access key that signed. Key ids are no secrets; of a token there is nothing that could be told. */
  readonly keyId?: string;
  /** The address that asked. */
  readonly source?: string;
  readonly service?: string;
  readonly uid?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly messageId?: string;
  readonly policy?: string;
  readonly queue?: string;
  readonly count?: number;
}

export interface Log {
  info(message: string, fields: LogFields): void;
  /** Logs the cause with its stack and its own causes. */
  error(message: string, fields: LogFields, cause: unknown): void;
}
