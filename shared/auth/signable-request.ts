export interface SignableRequest {
  readonly method: string;
  /** Decoded, as API Gateway hands it on. */
  readonly path: string;
  /** By lower-case name; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  /** Of an RPC-style API: query and form together. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly source: string;
}
