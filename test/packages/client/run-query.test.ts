import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunQueryOptions, runQuery } from "../../../packages/client/src/run-query.ts";
import { until, usePostgres } from "../../support/stack/postgres.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";

const server = usePostgres();
let api: Awaited<ReturnType<typeof startJobApi>>;
let pool: pg.Pool;
beforeAll(async () => {
  api = await startJobApi();
  pool = new pg.Pool({ connectionString: server().url("work"), max: 3 });
  pool.on("error", () => {});
});
afterAll(async () => {
  await pool.end();
  await api.stop();
});

let serial = 0;
const run = (sql: string, given: Partial<RunQueryOptions> = {}) => {
  const job = { service: "dli", scope: { projectId }, jobId: `query-${++serial}` } as const;
  const options = { endpoint: api.endpoint, token, connection: "watch", job, ...given };
  return { end: runQuery(pool, sql, options) };
};

/** The one query that runs, by what its session calls itself. */
const running = async () => {
  const active = () =>
    server().query<{ pid: number; tag: string }>(
      "select pid, application_name as tag from pg_stat_activity where application_name like 'standdown:%' and state = 'active'",
    );
  await until(async () => (await active()).length === 1);
  const [{ pid, tag } = { pid: 0, tag: "" }] = await active();
  return { pid, cancel: () => api.post(`/jobs/${tag.replace("standdown:", "")}/cancel`) };
};

describe("a query as a job", () => {
  test("gives its rows, and its session goes back without the job's name", async () => {
    const { end } = run("select $1::int + 1 as two, current_setting('application_name') as name", { values: [1] });
    const { outcome, recorded, uid, ...rest } = await end;
    expect([outcome, recorded]).toEqual(["succeeded", "succeeded"]);
    expect(rest).toMatchObject({ result: { rows: [{ two: 2, name: `standdown:${uid}` }] } });
    const { rows } = await pool.query("select current_setting('application_name') as name");
    expect(rows).toEqual([{ name: "" }]);
  });

  test("that fails is a failure with the database's words", async () => {
    expect(await run("select 1 / 0").end).toMatchObject({
      outcome: "failed",
      recorded: "failed",
      error: { code: "22012" },
    });
  });

  test("registers the session that runs it, and the index that it builds", async () => {
    await server().query("create table if not exists built (a int); alter table built owner to work");
    const { end } = run(`CREATE UNIQUE INDEX CONCURRENTLY if not exists public."built a" ON built (a)`);
    const { backend } = await api.get(`/jobs/${(await end).uid}`);
    expect(backend).toMatchObject({ kind: "postgres", connection: "watch", index: 'public."built a"' });
    expect(backend).not.toHaveProperty("dropInvalidIndex");
  });

  test("that was cancelled by the server is cancelled, though no heartbeat had told of it", async () => {
    const { end } = run("select pg_sleep(600)");
    const { pid, cancel } = await running();
    await cancel();
    await server().query("select pg_cancel_backend($1)", [pid]);
    expect(await end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    await until(async () => !(await server().isThere(pid)));
  });

  test("that a heartbeat tells to stop cancels itself, and its session is closed", async () => {
    const { end } = run("select pg_sleep(600)", { heartbeatSeconds: 0.05 });
    const { pid, cancel } = await running();
    await cancel();
    expect(await end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    await until(async () => !(await server().isThere(pid)));
  });

  test("whose client is shut down is ended, and has failed", async () => {
    const shutdown = new AbortController();
    const { end } = run("select pg_sleep(600)", { signal: shutdown.signal });
    await running();
    shutdown.abort();
    expect(await end).toMatchObject({ outcome: "failed", recorded: "failed", error: { why: { kind: "shut-down" } } });
  });

  test("that somebody else cancels has failed: nobody cancelled the job", async () => {
    const { end } = run("set statement_timeout = 50; select pg_sleep(600)");
    expect(await end).toMatchObject({ outcome: "failed", recorded: "failed", error: { code: "57014" } });
  });

  test("that was cancelled before it began never begins, and its session goes back", async () => {
    const jobId = "cancelled-before";
    await api.cancelBefore(jobId);
    const { end } = run("select pg_sleep(600)", { job: { service: "dli", scope: { projectId }, jobId } });
    await expect(end).rejects.toMatchObject({ status: 410 });
    expect([pool.idleCount, pool.waitingCount]).toEqual([pool.totalCount, 0]);
  });
});
