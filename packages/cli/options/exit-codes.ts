import { JobApiError } from "../../client/src/job-api-error.ts";

/** Of commands that run something as a job; the first three are those of sysexits. */
export const exits = { usage: 64, unavailable: 69, refused: 77, cancelled: 143 };

/** Of commands that ask the server. */
export const answers = {
  asAsked: 0,
  failed: 1,
  usage: 2,
  completedFirst: 3,
  notAllowed: 4,
  notFound: 5,
  lessSure: 6,
  notInTime: 7,
  someOfMany: 8,
  tryAgain: 75,
  interrupted: 130,
} as const;

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

/** For what the server refused, in words that say what to do next. Throws any other error. */
export const toAnswer = (error: unknown): { readonly code: number; readonly words: string } => {
  if (!(error instanceof JobApiError)) throw error;
  const { status, code, message, isTransient } = error;
  if (code === "too-late") return { code: answers.completedFirst, words: "the job had ended before it was cancelled" };
  if (status === 401)
    return { code: answers.notAllowed, words: "the token is not known: check STANDDOWN_TOKEN, --token or the profile" };
  if (status === 403)
    return { code: answers.notAllowed, words: "the token's principal may not do that: its policies decide" };
  if (status === 404 && code === "no-cancellation")
    return { code: answers.notFound, words: "nobody has cancelled this job: standdown cancel does" };
  if (status === 404)
    return {
      code: answers.notFound,
      words: "there is no such job that this token may see: standdown jobs lists those",
    };
  if (status === 400) return { code: answers.usage, words: message };
  if (status === undefined)
    return {
      code: answers.tryAgain,
      words: `${message}: does Standdown run where STANDDOWN_ENDPOINT or --endpoint says?`,
    };
  if (isTransient) return { code: answers.tryAgain, words: `${message}: try again` };
  return { code: answers.failed, words: message };
};
