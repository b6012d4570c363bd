/** What became of an invocation: the function's answer, or an error document as Lambda shows it to a caller. */
export type Outcome =
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "failed"; readonly payload: string };

export const failure = (errorType: string, errorMessage: string): Outcome => ({
  kind: "failed",
  payload: JSON.stringify({ errorType, errorMessage }),
});

/** What went wrong, in one line for people: nobody waits for the answer to a queue's or a schedule's event. */
export const explainFailure = (payload: string): string => {
  try {
    const { errorType, errorMessage } = JSON.parse(payload);
    return `${errorType}: ${errorMessage}`;
  } catch {
    return payload;
  }
};

/** The largest event, and the largest answer, of a synchronous invocation. */
export const payloadLimit = 6 * 1024 * 1024;
