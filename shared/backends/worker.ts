import type { Backend } from "./backend.ts";

/** The worker hears of the cancellation in the answer to its next heartbeat: the claim itself is the order. */
export const workerBackend: Backend = {
  stop: async () => ({ kind: "accepted" }),
};
