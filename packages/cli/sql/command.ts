import { readFileSync } from "node:fs";
import { runQuery } from "../../client/src/run-query.ts";
import { exits, toExitCode } from "../options/exit-codes.ts";
import { jobFlags, jobOptionsUsage, readJobOptions } from "../options/job-options.ts";
import { UsageError } from "../options/usage-error.ts";

export const usage = `usage: standdown sql [options] --connection NAME --command SQL

Runs a query as a job that can be cancelled, and prints its rows as JSON, one on a line.

  --connection NAME     the connection to this database in Standdown's configuration
  --url URL             of the database, for this command; PGHOST and its like unless given
  --command SQL         or --file FILE
  --index NAME          the index that it builds; read from a CREATE INDEX CONCURRENTLY unless given
  --drop-invalid-index  drops what a cancelled CREATE INDEX CONCURRENTLY leaves, where the connection allows it
${jobOptionsUsage}

Each can be given in the environment instead: STANDDOWN_ENDPOINT, STANDDOWN_CONNECTION and so on.

Exit codes: 0 done, 1 the query failed, 64 wrong options, 69 Standdown or the database cannot be reached, 77 Standdown
refuses the token, 143 the job was cancelled.`;

const own = { texts: ["connection", "url", "command", "file", "index"], flags: ["drop-invalid-index"] };

export const flags = [...own.texts, ...own.flags, ...jobFlags];

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  try {
    return await runSql(readOptions(args, env));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    return exits.usage;
  }
};

const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv) => {
  const { options, of, needed, has } = readJobOptions(args, env, own);
  const file = of("file");
  const sql = of("command") ?? (file === undefined ? undefined : readFileSync(file, "utf8"));
  if (sql === undefined) throw new UsageError("--command or --file is missing");
  const [url, index] = [of("url"), of("index")];
  return {
    ...{ ...options, sql, url, connection: needed("connection"), dropInvalidIndex: has("drop-invalid-index") },
    ...(index === undefined ? {} : { index }),
  };
};

const runSql = async ({
  sql,
  url,
  maxRuntimeSeconds: _,
  graceSeconds: __,
  ...query
}: ReturnType<typeof readOptions>) => {
  const { default: pg } = await import("pg");
  // One session for the query, and one by which it is cancelled when this process is told to end.
  const pool = new pg.Pool({ ...(url === undefined ? {} : { connectionString: url }), max: 2 });
  pool.on("error", () => {});
  const shutdown = new AbortController();
  const shutDown = () => shutdown.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, shutDown);
  try {
    const end = await runQuery(pool, sql, { ...query, signal: shutdown.signal });
    if (end.reportError) console.error(`standdown: the end could not be reported: ${end.reportError.message}`);
    if (end.outcome === "cancelled") return exits.cancelled;
    if (end.outcome === "failed") {
      console.error(`standdown: ${(end.error as Error).message}`);
      return shutdown.signal.aborted ? exits.cancelled : 1;
    }
    for (const row of end.result.rows) console.log(JSON.stringify(row));
    return 0;
  } catch (error) {
    if (!isUnreachable(error)) return toExitCode(error);
    console.error(`standdown: the database cannot be reached: ${(error as Error).message}`);
    return exits.unavailable;
  } finally {
    await pool.end();
  }
};

/** Errors of the database and of the network have codes; those of Standdown are a class. */
const isUnreachable = (error: unknown): boolean =>
  (error as { syscall?: unknown }).syscall === "connect" ||
  /^(28|3D|57P|08)/.test(String((error as { code?: unknown }).code));
