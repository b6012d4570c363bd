import type { Job } from "../domain/job.ts";
import type { Backend, Backends } from "../ports/backend.ts";

/** For a job that a newer version has registered. */
const unknownBackend: Backend = {
  escalationSteps: [{ name: "none: this version has no such backend" }],
  stop: async () => ({ kind: "unavailable" }),
  probe: async () => ({ kind: "unknown" }),
};

export const findBackend = (backends: Backends, { backend }: Pick<Job, "backend">): Backend =>
  backends[backend.kind] ?? unknownBackend;
