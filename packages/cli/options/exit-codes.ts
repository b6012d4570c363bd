import { JobApiError } from "../../client/src/job-api-error.ts";

/** Of commands that run something as a job; the first three are those of sysexits. */
export const exits = { usage: 64, unavailable: 69, refused: 77, cancelled: 143 };

/** For a job that could not be registered. Throws any other error. */
export const toExitCode = (error: unknown): number => {
  if (!(error instanceof JobApiError)) {
    // It was told to end before the job was registered.
    if ((error as Error).name === "AbortError") return exits.cancelled;
    throw error;
  }
  console.error(`standdown: ${error.message}`);
  if (error.status === 410) return exits.cancelled;
  return error.status === 401 || error.status === 403 ? exits.refused : exits.unavailable;
};
