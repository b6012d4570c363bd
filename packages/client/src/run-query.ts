import type { JobRegistration } from "./registration.ts";
import { type JobEnd, type RunJobOptions, type RunningJob, runJob } from "./run-job.ts";

/** What a query gives. */
export interface QueryRows<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number | null;
}

/** A pool of `pg`, or one that looks like it. */
export interface QueryPool {
  connect(): Promise<QuerySession>;
}

/** A session of such a pool. */
export interface QuerySession {
  query(text: string, values?: unknown[]): Promise<QueryRows<unknown>>;
  release(destroy?: boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

/** Which job a query is, and by which connection Standdown can see its session. */
export interface RunQueryOptions extends Omit<RunJobOptions, "job" | "untilReady"> {
  readonly job: WithoutBackend<JobRegistration>;
  /** The name of the connection to the same database in Standdown's configuration. */
  readonly connection: string;
  readonly values?: unknown[];
  /** The index that the query builds; read from a `CREATE INDEX CONCURRENTLY` unless given. */
  readonly index?: string;
  /** Drops the INVALID index that a cancelled `CREATE INDEX CONCURRENTLY` leaves, where the connection allows that. */
  readonly dropInvalidIndex?: boolean;
}

type WithoutBackend<Registration> = Registration extends unknown ? Omit<Registration, "backend" | "state"> : never;

/**
 * Runs a query as a job that can be cancelled: by its session, which the server itself ends, and of which it is the witness.
 * A job that is cancelled before its query begins never begins.
 *
 * A session whose query was cancelled is closed and does not go back to the pool. Behind a pooler that shares sessions between
 * transactions, connect past it: nobody else's query is hit, and yours may not be found.
 *
 * Resolves however the query ends, with the job's end; `result` is what the pool's `query` gave.
 *
 * @throws What {@link runJob} throws, and what the pool throws while it connects.
 * @example
 * ```ts
 * const pool = new pg.Pool({ connectionString });
 * const job = { service: "analyticdb-index", scope, jobId: "documents-embedding" } as const;
 * const sql = "create index concurrently documents_embedding on documents using hnsw (embedding vector_l2_ops)";
 * const end = await runQuery(pool, sql, { endpoint, token, job, connection: "warehouse" });
 * ```
 */
export const runQuery = async <Row = Readonly<Record<string, unknown>>>(
  pool: QueryPool,
  sql: string,
  { job, connection, values, index = builtIndex(sql), dropInvalidIndex, ...options }: RunQueryOptions,
): Promise<JobEnd<QueryRows<Row>>> => {
  const session = await pool.connect();
  // A session that is ended from outside tells of it here too, and without a listener that ends the process.
  session.on?.("error", ignore);
  let isOver = false;
  const release = (destroy: boolean): void => {
    if (isOver) return;
    isOver = true;
    if (!destroy) session.off?.("error", ignore);
    session.release(destroy);
  };
  try {
    const self = (await session.query(whoAmI)).rows[0] as Self;
    const backend = {
      ...{ kind: "postgres" as const, connection, pid: self.pid, backendStart: self.start },
      ...(index === undefined ? {} : { index }),
      ...(index !== undefined && dropInvalidIndex ? { dropInvalidIndex: true as const } : {}),
    };
    const registration = { ...job, state: "queued", backend } as JobRegistration;
    const untilReady = async (_: AbortSignal, { uid }: RunningJob) => {
      await session.query("select set_config('application_name', $1, false)", [`standdown:${uid}`]);
    };
    return await runJob({ ...options, job: registration, untilReady }, async (signal, running) => {
      const stopped = cancelOnAbort(signal, pool, self.pid);
      try {
        const result = await session.query(sql, values);
        // It was faster than whatever it was told meanwhile.
        running.complete();
        return result as QueryRows<Row>;
      } catch (error) {
        // The server may have ended it before a heartbeat has heard of the cancellation.
        if (isEndedByServer(error)) await running.check();
        release(true);
        if (signal.aborted && isEndedByServer(error)) throw signal.reason;
        throw error;
      } finally {
        stopped();
      }
    });
  } finally {
    // Its name would be the next user's.
    if (!isOver)
      await session.query("reset application_name").then(
        () => release(false),
        () => release(true),
      );
  }
};

const ignore = (): void => {};

interface Self {
  readonly pid: number;
  readonly start: string;
}

const whoAmI = `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as start
  from pg_stat_activity where pid = pg_backend_pid()`;

/** By another session of the pool. Where there is none, Standdown ends the query. */
const cancelOnAbort = (signal: AbortSignal, pool: QueryPool, pid: number) => {
  const cancel = async () => {
    const other = await pool.connect();
    await other.query("select pg_cancel_backend($1)", [pid]).finally(() => other.release());
  };
  const abort = () => void cancel().catch(() => {});
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  return () => signal.removeEventListener("abort", abort);
};

/** `query_canceled`, `admin_shutdown`, or a connection that is gone. */
const isEndedByServer = (error: unknown): boolean => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === "57014" || code === "57P01" || code === "ECONNRESET" || /Connection terminated/.test(String(message));
};

const builtIndex = (sql: string): string | undefined =>
  /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)\s+on\s/i.exec(
    sql,
  )?.[1];
