import type { Probe } from "../../domain/decide-reconcile.ts";
import type { Job } from "../../domain/job.ts";
import type { Backend, BackendAccess } from "../../ports/backend.ts";
import type { Session, Sessions } from "../../ports/sessions.ts";
import type { PostgresRegistration } from "./registration.ts";

/** What a session calls itself while it does the work of a job. It fits the 63 bytes of an `application_name`. */
export const sessionTag = (uid: string): string => `standdown:${uid}`;

const sessionOf = ({ uid, backend }: Job): Session => {
  const { connection, pid, backendStart } = backend as PostgresRegistration;
  return { connection, pid, backendStart, tag: sessionTag(uid) };
};

/**
 * Cancels the statement of a session, then ends the session, each only while it is still the one that was registered and
 * carries the job's tag. The witness is the server, which no longer has the session. Without `sessions` it leaves all of
 * that to the functions that have them, and knows nothing.
 */
export const postgresBackend = ({ sessions }: BackendAccess): Backend => ({
  escalationSteps: [{ name: "pg_cancel_backend" }, { name: "pg_terminate_backend", graceSeconds: 10 }],

  async stop(job, escalationStep) {
    if (sessions === undefined) return { kind: "unavailable" };
    const session = sessionOf(job);
    try {
      await (escalationStep === 0 ? sessions.cancelStatement(session) : sessions.terminate(session));
      return { kind: "accepted" };
    } catch {
      // The probe tells what stands in the way.
      return { kind: "unavailable" };
    }
  },

  isWitness: sessions !== undefined,

  probe: async (job) => (sessions === undefined ? { kind: "unknown" } : look(sessions, job)),
});

const look = async (sessions: Sessions, job: Job): Promise<Probe> => {
  const seen = await sessions.look(sessionOf(job));
  switch (seen.kind) {
    case "unclear":
      return { kind: "unknown", detail: seen.detail };
    case "there": {
      const workers = seen.workers > 0 ? `, with ${seen.workers} parallel workers` : "";
      const obstacle = seen.obstacle === undefined ? "" : `; ${seen.obstacle}`;
      return {
        kind: "alive",
        detail: `its session is ${seen.state} and holds ${seen.locks} locks${workers}${obstacle}`,
      };
    }
    case "gone": {
      const { connection, index, dropInvalidIndex } = job.backend as PostgresRegistration;
      const witness = `the PostgreSQL server of ${connection}`;
      const left = index === undefined ? undefined : await lookForIndex(sessions, connection, index, dropInvalidIndex);
      return {
        kind: "stopped",
        state: "cancelled",
        evidence: { kind: "session-gone", witness, detail: left?.did ? `${seen.detail}; ${left.did}` : seen.detail },
        residue: left?.residue ?? [],
      };
    }
    default:
      throw new Error(`unknown view ${seen satisfies never}`);
  }
};

/** What a cancelled `CREATE INDEX CONCURRENTLY` leaves: an index that every write pays for and no query uses. */
const lookForIndex = async (sessions: Sessions, connection: string, index: string, drop: true | undefined) => {
  if (!(await sessions.isInvalidIndex(connection, index))) return undefined;
  const invalid = `the INVALID index ${index}`;
  if (!drop) return { residue: [invalid] };
  const why = await sessions.dropIndex(connection, index);
  return why === undefined
    ? { did: `${invalid} was dropped` }
    : { residue: [`${invalid}, which could not be dropped: ${why}`] };
};
