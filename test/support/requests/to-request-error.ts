import { type RequestError, RequestRejected } from "../../../shared/validation/request-error.ts";

/** What an attempt is refused with. Throws where it is not. */
export const toRequestError = (attempt: () => unknown): RequestError => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RequestRejected) return error.failure;
    throw error;
  }
  throw new Error("it was not refused");
};
