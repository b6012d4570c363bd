/** What is wrong with one parameter. Only a protocol puts it into words for a caller. */
export interface ValidationIssue {
  readonly parameter: string;
  readonly rule: "required" | "invalid";
  readonly expected: string;
}

export const describeIssue = ({ parameter, rule, expected }: ValidationIssue): string =>
  rule === "required" ? `${parameter} is missing` : `${parameter} must be ${expected}`;

export type AuthenticationError =
  | { readonly fault: PlainAuthenticationError }
  | { readonly fault: "bad-signature"; readonly keyId: string; readonly stringToSign: string };

export type PlainAuthenticationError =
  | "missing"
  | "malformed"
  | "unsupported-algorithm"
  | "unknown-token"
  | "unknown-key"
  | "missing-time"
  | "malformed-time"
  | "expired"
  | "wrong-security-token"
  | "nonce-used"
  | "locked";

export type RequestError =
  | { readonly kind: "too-large"; readonly limitBytes: number }
  /** The path, the query and the headers together. */
  | { readonly kind: "head-too-large"; readonly limitBytes: number }
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "wrong-content-type"; readonly expected: string }
  | ({ readonly kind: "unauthenticated" } & AuthenticationError)
  | { readonly kind: "unknown-route"; readonly allowed?: readonly string[] }
  | { readonly kind: "unknown-action"; readonly action: string | undefined }
  | { readonly kind: "unknown-version"; readonly version: string | undefined }
  | { readonly kind: "invalid"; readonly issues: readonly [ValidationIssue, ...ValidationIssue[]] }
  | { readonly kind: "forbidden"; readonly action: string; readonly explicitly: boolean }
  /** Too many wrong secrets of this job came from this principal. */
  | { readonly kind: "secret-locked"; readonly minutes: number }
  | { readonly kind: "throttled"; readonly retryAfterMs: number }
  | { readonly kind: "unavailable" }
  | { readonly kind: "internal" };

/** Ends a request with a failure. Thrown by a step of the pipeline, caught by it once, put into words by the protocol. */
export class RequestRejected extends Error {
  override readonly name = "RequestRejected";
  readonly failure: RequestError;

  constructor(failure: RequestError) {
    super(failure.kind);
    this.failure = failure;
  }
}
