import type { Backend } from "../../ports/backend.ts";
import { workerBackend } from "../worker/backend.ts";

/**
 * The supervisor, `standdown run`, hears of the cancellation in the answer to its next heartbeat, ends all of the work, and
 * reports what it saw. Until then its heartbeats are all that is known.
 */
export const processBackend: Backend = {
  ...workerBackend,
  escalationSteps: [{ name: "ask the supervisor" }],
};
