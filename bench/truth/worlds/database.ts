import pg from "pg";
import { startPostgres } from "../../../packages/local/postgres/server.ts";
import { postgres } from "../../../shared/adapters/postgres/sessions.ts";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import { Secret } from "../../../shared/domain/secret.ts";
import type { Sessions } from "../../../shared/ports/sessions.ts";

/** A PostgreSQL server in which queries of the campaign run, and by which Standdown looks at them. */
export interface Database {
  /** Of the role under which they run. */
  readonly url: string;
  readonly sessions: Sessions;
  readonly connections: NonNullable<ConfigDocument["connections"]>;
  stop(): Promise<void>;
}

const roles = `create role work login; grant pg_execute_server_program to work;
  create role watch login; grant pg_signal_backend, pg_read_all_stats to watch`;

export const startDatabase = async (): Promise<Database> => {
  const server = await startPostgres();
  if (server === undefined) throw new Error("there is no PostgreSQL for this machine");
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(roles);
  await admin.end();
  const connection = { name: "truth", kind: "postgres" as const };
  const opened = { ...connection, url: new Secret(server.url("watch")), mayDropIndexes: false };
  return {
    url: server.url("work"),
    sessions: postgres()({ connections: async () => [opened], secrets: { find: async () => undefined } }),
    connections: [{ ...connection, url: server.url("watch") }],
    stop: () => server.stop(),
  };
};
