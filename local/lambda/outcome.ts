/** What became of an invocation: the function's answer, or an error document as Lambda shows it to a caller. */
export type Outcome =
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "failed"; readonly payload: string };

export const failure = (errorType: string, errorMessage: string): Outcome => ({
  kind: "failed",
  payload: JSON.stringify({ errorType, errorMessage }),
});

/** The largest event, and the largest answer, of a synchronous invocation. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;
