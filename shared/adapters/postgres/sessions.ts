import type { Pool, PoolConfig } from "pg";
import type { Connection } from "../../domain/connection.ts";
import type { OpenSessions, Session, Sessions, SessionsAccess, SessionView } from "../../ports/sessions.ts";

const connectMs = 2_000;
const answerMs = 5_000;
/** How long the server itself waits for the end of a session that it was told to end. */
const terminateMs = 2_000;
/** Less than the time for an answer, so that the server gives up first. */
const dropMs = 4_000;

/** Asks PostgreSQL servers, each by the rights of the role that its connection names (docs/guide/postgres.md). */
export const postgres = (): OpenSessions => {
  // They outlive a request, and close when they are idle.
  const pools = new Map<string, Promise<Pool>>();
  return (access) => postgresSessions(access, pools);
};

const postgresSessions = ({ connections, secrets }: SessionsAccess, pools: Map<string, Promise<Pool>>): Sessions => {
  const open = async (name: string): Promise<{ readonly pool: Pool; readonly connection: Connection }> => {
    const connection = (await connections()).find((each) => each.name === name);
    if (connection === undefined) throw new Error(`the configuration has no connection ${name}`);
    const { url, secretRef } = connection;
    const password = secretRef === undefined ? undefined : await secrets.find(secretRef);
    // A password that was changed is another pool.
    const key = `${name} ${url.reveal()} ${password ?? ""}`;
    const opening = pools.get(key) ?? openPool(url.reveal(), password);
    pools.set(key, opening);
    return { pool: await opening, connection };
  };

  const ask = async <Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> => {
    const { pool } = await open(name);
    return (await pool.query<Row>(text, [...values])).rows;
  };

  const signal = async ({ connection, pid, backendStart, tag }: Session, act: string): Promise<void> => {
    await ask(connection, `select ${act} ${thatSession}`, [pid, backendStart, tag]);
  };

  return {
    async look({ connection, pid, backendStart, tag }) {
      const [row] = await ask<Seen>(connection, view, [pid, backendStart]);
      if (row === undefined) throw new Error("the server gave no answer");
      return toView(row, { pid, backendStart, tag });
    },

    cancelStatement: (session) => signal(session, "pg_cancel_backend(pid)"),

    terminate: (session) => signal(session, `pg_terminate_backend(pid, ${terminateMs})`),

    async isInvalidIndex(connection, index) {
      const [row] = await ask<{ invalid: boolean }>(connection, invalidIndex, [index]);
      return row?.invalid === true;
    },

    async dropIndex(name, index) {
      const { pool, connection } = await open(name);
      if (!connection.mayDropIndexes) return `the connection ${name} does not say mayDropIndexes`;
      const client = await pool.connect();
      try {
        // The server itself quotes the name of what it has found.
        const { rows } = await client.query<{ drop: string }>(dropStatement, [index]);
        await client.query(`set statement_timeout = ${dropMs}`);
        if (rows[0] !== undefined) await client.query(rows[0].drop);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      } finally {
        client.release(true);
      }
    },
  };
};

const openPool = async (connectionString: string, password: string | undefined): Promise<Pool> => {
  // Most checks are of other work, and their cold starts need not pay for it.
  const { default: pg } = await import("pg");
  const settings: PoolConfig = {
    connectionString,
    ...(password === undefined ? {} : { password }),
    application_name: "standdown",
    max: 4,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 5_000,
    query_timeout: answerMs,
    allowExitOnIdle: true,
  };
  const pool = new pg.Pool(settings);
  // A connection that breaks while nobody uses it is no news: the next use opens another.
  pool.on("error", () => {});
  return pool;
};

/**
 * The check and the signal are one statement. Behind a pooler another client may have the same session a moment later: the
 * tag tells. A parallel worker has its leader's tag and another pid.
 */
const thatSession = `from pg_stat_activity
  where pid = $1 and backend_start = $2::timestamptz and application_name = $3 and backend_type = 'client backend'`;

interface Seen {
  /** Of the session that has this process id, if any. */
  readonly pid: number | null;
  readonly is_same: boolean | null;
  readonly tag: string | null;
  readonly state: string | null;
  readonly locks: number;
  readonly workers: number;
  readonly is_superuser: boolean;
  readonly am_superuser: boolean;
  readonly may_signal: boolean;
  readonly server_start: string;
  readonly is_restarted: boolean;
  readonly is_standby: boolean;
}

/** The locks of the session's own transaction are left out: each transaction holds one on itself. */
const view = `select a.pid, a.backend_start = $2::timestamptz as is_same, a.application_name as tag, a.state,
    (select count(*)::int from pg_locks l where l.pid = $1 and l.granted and l.locktype not in ('virtualxid', 'transactionid')) as locks,
    (select count(*)::int from pg_stat_activity w where w.leader_pid = $1 and w.pid <> $1) as workers,
    coalesce((select rolsuper from pg_roles where oid = a.usesysid), false) as is_superuser,
    (select rolsuper from pg_roles where rolname = current_user) as am_superuser,
    coalesce(pg_has_role(a.usesysid, 'usage'), false) or pg_has_role('pg_signal_backend', 'usage') as may_signal,
    pg_postmaster_start_time()::text as server_start,
    pg_postmaster_start_time() > $2::timestamptz as is_restarted,
    pg_is_in_recovery() as is_standby
  from (select 1) one left join pg_stat_activity a on a.pid = $1`;

const toView = (row: Seen, { pid, backendStart, tag }: Pick<Session, "pid" | "backendStart" | "tag">): SessionView => {
  const session = `the session ${pid} of ${backendStart}`;
  if (row.is_standby) return { kind: "unclear", detail: "the server is a standby, which has other sessions" };
  if (row.is_restarted)
    return { kind: "gone", detail: `${session} is not there: the server was started again at ${row.server_start}` };
  if (row.pid === null) return { kind: "gone", detail: `${session} is not there any more` };
  if (row.is_same === null)
    return {
      kind: "unclear",
      detail: "the connection's role may not see when sessions began: it needs pg_read_all_stats",
    };
  if (!row.is_same)
    return { kind: "gone", detail: `${session} is not there any more: its process id has another session` };
  if (row.tag !== tag)
    return {
      kind: "unclear",
      detail: "the session calls itself something else: it may be a pooler's, with another client",
    };
  const { state, locks, workers } = row;
  return { kind: "there", state: state ?? "of an unknown state", locks, workers, obstacle: obstacleOf(row) };
};

const obstacleOf = ({ is_superuser, am_superuser, may_signal }: Seen): string | undefined => {
  if (am_superuser || (may_signal && !is_superuser)) return undefined;
  return is_superuser
    ? "only a superuser may end a superuser's session"
    : "the connection's role needs pg_signal_backend";
};

const invalidIndex = `select not i.indisvalid and not exists
    (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) as invalid
  from pg_index i where i.indexrelid = to_regclass($1)`;

const dropStatement = `select format('drop index concurrently if exists %I.%I', n.nspname, c.relname) as drop
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indexrelid = to_regclass($1) and not i.indisvalid`;
