/** A request as the schemes see it that tell who sent it. All of it may be signed. */
export interface SignableRequest {
  readonly method: string;
  /** Decoded, as API Gateway hands it on. */
  readonly path: string;
  /** By lower-case name; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  /** Those of an RPC-style API, wherever they stood: query and form together. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The address that the request came from. */
  readonly source: string;
}
