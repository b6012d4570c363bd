import type { Job } from "../../../shared/domain/job.ts";
import type { Backend } from "../../../shared/ports/backend.ts";

/** How the work of a toy takes being stopped. */
type Manners = "stops when asked" | "has to be killed" | "cannot be stopped";

/** A backend whose work is an entry of a map. It is as small as a backend can be, and all there. */
export const toyBackend = () => {
  const works = new Map<string, Manners>();
  const backend: Backend = {
    escalationSteps: [{ name: "ask" }, { name: "kill", graceSeconds: 10 }],
    async stop({ uid }, escalationStep) {
      const manners = works.get(uid);
      if (manners === "stops when asked" || (manners === "has to be killed" && escalationStep > 0)) works.delete(uid);
      return { kind: "accepted" };
    },
    async probe({ uid }) {
      if (works.has(uid)) return { kind: "alive" };
      const evidence = { kind: "process-gone", witness: "the toy box", detail: "nothing of it is in the box" } as const;
      return { kind: "stopped", state: "cancelled", evidence };
    },
  };
  return {
    backend,
    begin: ({ uid }: Pick<Job, "uid">, manners: Manners) => void works.set(uid, manners),
    end: ({ uid }: Pick<Job, "uid">) => void works.delete(uid),
    isAlive: ({ uid }: Pick<Job, "uid">) => works.has(uid),
  };
};
