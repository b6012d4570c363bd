import type { Job } from "../domain/job.ts";
import type { Backend, Backends } from "../ports/backend.ts";

/** Of a job that a newer version has registered: it is asked for nothing here, and nothing is concluded from that. */
const unknownBackend: Backend = {
  escalationSteps: [{ name: "none: this version has no such backend" }],
  stop: async () => ({ kind: "unavailable" }),
  probe: async () => ({ kind: "unknown" }),
};

/** Finds the backend that a job was registered with. */
export const findBackend = (backends: Backends, { backend }: Pick<Job, "backend">): Backend =>
  backends[backend.kind] ?? unknownBackend;
