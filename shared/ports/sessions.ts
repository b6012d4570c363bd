import type { Connection } from "../domain/connection.ts";
import type { Secrets } from "./secrets.ts";

/** One session of a database server. A process id is used again; its start and what it calls itself tell sessions apart. */
export interface Session {
  /** The name of a connection of the configuration. */
  readonly connection: string;
  readonly pid: number;
  /** As the server writes it, to the microsecond. */
  readonly backendStart: string;
  /** Its `application_name`, by which a pooler's next client is told from this one. */
  readonly tag: string;
}

export type SessionView =
  /** The server has no such session, and shows sessions of that kind. */
  | { readonly kind: "gone"; readonly detail: string }
  | {
      readonly kind: "there";
      /** `active`, `idle`, `idle in transaction` and so on. */
      readonly state: string;
      /** How many locks it holds. */
      readonly locks: number;
      /** Of parallel workers. */
      readonly workers: number;
      /** Why it cannot be ended by this connection. */
      readonly obstacle: string | undefined;
    }
  /** It cannot be told from what may be seen. */
  | { readonly kind: "unclear"; readonly detail: string };

export interface SessionsAccess {
  readonly connections: () => Promise<readonly Connection[]>;
  readonly secrets: Pick<Secrets, "find">;
}

export type OpenSessions = (access: SessionsAccess) => Sessions;

/** Looks at sessions of database servers, and ends them. Rejects where the server cannot be reached, or refuses. */
export interface Sessions {
  look(session: Session): Promise<SessionView>;
  /** Sends a signal, which is no more than that; none where the session is another by now. */
  cancelStatement(session: Session): Promise<void>;
  /** The same, and waits for the end, for a while. */
  terminate(session: Session): Promise<void>;
  /** Whether an index is there, INVALID, and being built by nobody. */
  isInvalidIndex(connection: string, index: string): Promise<boolean>;
  /** Returns why it could not be dropped. */
  dropIndex(connection: string, index: string): Promise<string | undefined>;
}
