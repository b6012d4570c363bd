import { describe, expect, test } from "vitest";
import { postgresBackend } from "../../../../shared/backends/postgres/backend.ts";
import { Secret } from "../../../../shared/domain/secret.ts";
import type { Sessions } from "../../../../shared/ports/sessions.ts";
import { aStoppingJob, now } from "../../../support/stack/jobs.ts";
import { until, usePostgres } from "../../../support/stack/postgres.ts";

const server = usePostgres();

const backendOf = (...roles: readonly string[]) =>
  postgresBackend({ sessions: server().sessionsOf(...roles.map((role) => server().connection(role))) });

const sleep = "select pg_sleep(600)";

const steps = { cancel: 0, terminate: 1 } as const;

describe("a statement", () => {
  test("is cancelled, and its session gone once it is closed: the server has seen that", async () => {
    const backend = backendOf("watch");
    const { job, pid, session, ended } = await server().begin(aStoppingJob(now), sleep);
    expect(await backend.probe(job, now)).toEqual({ kind: "alive", detail: "its session is active and holds 0 locks" });
    await backend.stop(job, steps.cancel);
    expect(await ended).toBe("57014");
    expect(await backend.probe(job, now)).toMatchObject({ kind: "alive", detail: /^its session is idle / });
    await session.end();
    await until(async () => !(await server().isThere(pid)));
    expect(await backend.probe(job, now)).toEqual({
      kind: "stopped",
      state: "cancelled",
      evidence: {
        kind: "session-gone",
        witness: "the PostgreSQL server of watch",
        detail: expect.stringMatching(`^the session ${pid} of 20.* is not there any more$`),
      },
      residue: [],
    });
  });

  test("that swallows every cancel is ended with its session", async () => {
    const backend = backendOf("watch");
    const deaf = `do $$ begin loop begin perform pg_sleep(600); exception when query_canceled then null; end; end loop; end $$`;
    const { job, pid, ended } = await server().begin(aStoppingJob(now), deaf);
    for (let time = 0; time < 3; time++) expect(await backend.stop(job, steps.cancel)).toEqual({ kind: "accepted" });
    expect(await backend.probe(job, now)).toMatchObject({ kind: "alive", detail: /^its session is active / });
    await backend.stop(job, steps.terminate);
    expect(await ended).toBe("57P01");
    expect(await server().isThere(pid)).toBe(false);
    expect(await backend.probe(job, now)).toMatchObject({ kind: "stopped" });
  });

  test("of an open transaction leaves half: the session and its locks, until that is ended", async () => {
    const backend = backendOf("watch");
    await server().query("create table if not exists half (a int); grant all on half to work");
    const { job, ended } = await server().begin(aStoppingJob(now), `begin; lock table half; ${sleep}`);
    await backend.stop(job, steps.cancel);
    expect(await ended).toBe("57014");
    const held = await backend.probe(job, now);
    expect(held).toMatchObject({ kind: "alive" });
    expect(held.kind === "alive" && held.detail).toMatch(
      /^its session is idle in transaction( \(aborted\))? and holds \d+ locks$/,
    );
    await backend.stop(job, steps.terminate);
    expect(await backend.probe(job, now)).toMatchObject({ kind: "stopped" });
    await server().query("begin; lock table half nowait; commit");
  });

  test("that waits for a lock is cancelled like any other", async () => {
    const backend = backendOf("watch");
    await server().query("create table if not exists wanted (a int); grant all on wanted to work");
    const holder = await server().client();
    await holder.query("begin");
    await holder.query("lock table wanted");
    const { job, ended } = await server().begin(aStoppingJob(now), "begin; lock table wanted");
    await backend.stop(job, steps.cancel);
    expect(await ended).toBe("57014");
    await holder.end();
  });

  test("runs on when its client dies, which is no proof; it is cancelled on the server", async () => {
    const backend = backendOf("watch");
    const { job, pid, session } = await server().begin(aStoppingJob(now), sleep);
    (session as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect(await backend.probe(job, now)).toMatchObject({ kind: "alive" });
    await backend.stop(job, steps.cancel);
    await until(async () => !(await server().isThere(pid)));
    expect(await backend.probe(job, now)).toMatchObject({ kind: "stopped" });
  });

  test("is told from a hundred others, which run on", async () => {
    const backend = backendOf("watch");
    const all = await Promise.all(Array.from({ length: 100 }, () => server().begin(aStoppingJob(now), sleep)));
    const stopped = all.filter((_, index) => index % 2 === 0);
    await Promise.all(stopped.map(({ job }) => backend.stop(job, steps.cancel)));
    expect(new Set(await Promise.all(stopped.map(({ ended }) => ended)))).toEqual(new Set(["57014"]));
    const others = all.filter((_, index) => index % 2 === 1);
    for (const { job } of others)
      expect(await backend.probe(job, now)).toMatchObject({ kind: "alive", detail: /active/ });
    await Promise.all(others.map(({ job }) => backend.stop(job, steps.terminate)));
  });
});

describe("another session is never hit", () => {
  test("where the process id is used again", async () => {
    const backend = backendOf("watch");
    const { job, ended, session } = await server().begin(aStoppingJob(now), sleep);
    const before = { ...job, backend: { ...job.backend, backendStart: "2026-01-01 00:00:00+00" } };
    for (const step of Object.values(steps)) await backend.stop(before, step);
    expect(await backend.probe(job, now)).toMatchObject({ kind: "alive", detail: /active/ });
    expect(await backend.probe(before, now)).toMatchObject({ kind: "stopped" });
    await backend.stop(job, steps.cancel);
    await ended;
    await session.end();
  });

  test("where it has another client's tag, as behind a pooler: and nothing is claimed of ours", async () => {
    const backend = backendOf("watch");
    const { job, session, ended } = await server().begin(aStoppingJob(now), sleep, { tag: "standdown:another" });
    for (const step of Object.values(steps)) expect(await backend.stop(job, step)).toEqual({ kind: "accepted" });
    expect(await backend.probe(job, now)).toEqual({ kind: "unknown", detail: expect.stringMatching("a pooler's") });
    await server().query(
      "select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'standdown:another'",
    );
    expect(await ended).toBe("57014");
    await session.end();
  });

  test("nor a parallel worker, which has its leader's tag", async () => {
    await server().query(`create table if not exists wide as select n as a from generate_series(1, 300000) n; grant all on wide to work;
      alter table wide set (parallel_workers = 2)`);
    const backend = backendOf("watch");
    const parallel = `set debug_parallel_query = on; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0;
      select count(*) from wide x, wide y where x.a + y.a = -1`;
    const { job, pid, ended, session } = await server().begin(aStoppingJob(now), parallel);
    await until(
      async () => (await server().query("select from pg_stat_activity where leader_pid = $1", [pid])).length > 0,
    );
    expect(await backend.probe(job, now)).toMatchObject({ kind: "alive", detail: /with \d parallel workers$/ });
    await backend.stop(job, steps.cancel);
    expect(await ended).toBe("57014");
    const workers = "select from pg_stat_activity where leader_pid = $1 and pid <> $1";
    await until(async () => (await server().query(workers, [pid])).length === 0);
    await session.end();
  });
});

describe("what cannot be seen is not claimed", () => {
  const begun = async (role: string, connection: string) => {
    const { job, session, ended } = await server().begin(aStoppingJob(now), sleep, { role, connection });
    const done = async () => {
      await server().query("select pg_cancel_backend($1)", [(job.backend as unknown as { pid: number }).pid]);
      await ended;
      await session.end();
    };
    return { job, done };
  };

  test("pg_signal_backend alone does not show when a session began, and says so", async () => {
    const { job, done } = await begun("work", "signals");
    const backend = backendOf("signals");
    await backend.stop(job, steps.cancel);
    expect(await backend.probe(job, now)).toEqual({
      kind: "unknown",
      detail: "the connection's role may not see when sessions began: it needs pg_read_all_stats",
    });
    await done();
  });

  test.each([
    ["a role that may not signal", "work", "stats", /; the connection's role needs pg_signal_backend$/],
    ["a superuser's session", "postgres", "watch", /; only a superuser may end a superuser's session$/],
  ])("%s is alive, with the server's reason", async (_, role, connection, reason) => {
    const { job, done } = await begun(role, connection);
    const backend = backendOf(connection);
    await backend.stop(job, steps.cancel);
    const probe = await backend.probe(job, now);
    expect(probe).toMatchObject({ kind: "alive", detail: expect.stringMatching(reason) });
    await done();
  });

  test("a connection that the configuration does not have", async () => {
    const { job, done } = await begun("work", "nobody");
    await expect(backendOf("watch").probe(job, now)).rejects.toThrow("the configuration has no connection nobody");
    await done();
  });

  test("without sessions there is no witness, and nothing is known", async () => {
    const backend = postgresBackend({});
    const job = aStoppingJob(now);
    expect(await backend.stop(job, steps.cancel)).toEqual({ kind: "unavailable" });
    expect([await backend.probe(job, now), backend.isWitness]).toEqual([{ kind: "unknown" }, false]);
  });
});

describe("the index of a build", () => {
  const slow = async (table: string) => {
    await server().query(`create table ${table} (a int); alter table ${table} owner to work; insert into ${table} values (1);
      create or replace function slow(int) returns int language sql immutable as 'select $1 from pg_sleep(600)'`);
    return `create index concurrently ${table}_slow on ${table} (slow(a))`;
  };

  const cancelled = async (sessions: Sessions, table: string, given: object) => {
    const backend = postgresBackend({ sessions });
    const { job, session, ended, pid } = await server().begin(aStoppingJob(now), await slow(table), {
      connection: "owner",
    });
    await until(
      async () => (await server().query("select from pg_stat_progress_create_index where pid = $1", [pid])).length > 0,
    );
    await backend.stop(job, steps.cancel);
    expect(await ended).toBe("57014");
    await session.end();
    await until(async () => !(await server().isThere(pid)));
    return backend.probe({ ...job, backend: { ...job.backend, ...given } }, now);
  };

  test("that was cancelled is named: it is INVALID, and stays", async () => {
    const sessions = server().sessionsOf(server().connection("owner"));
    const probe = await cancelled(sessions, "kept", { index: "public.kept_slow" });
    expect(probe).toMatchObject({ kind: "stopped", residue: ["the INVALID index public.kept_slow"] });
    expect(await server().query("select to_regclass('kept_slow') as there")).toEqual([{ there: "kept_slow" }]);
  });

  test("is dropped where that was asked for and the connection allows it, and the receipt says so", async () => {
    const sessions = server().sessionsOf(server().connection("owner", { mayDropIndexes: true }));
    const probe = await cancelled(sessions, "dropped", { index: "dropped_slow", dropInvalidIndex: true });
    expect(probe).toMatchObject({
      kind: "stopped",
      residue: [],
      evidence: { detail: expect.stringMatching(/; the INVALID index dropped_slow was dropped$/) },
    });
    expect(await server().query("select to_regclass('dropped_slow') as there")).toEqual([{ there: null }]);
  });

  test("stays where it may not be dropped, and the receipt says why", async () => {
    const sessions = server().sessionsOf(server().connection("owner"));
    const probe = await cancelled(sessions, "spared", { index: "spared_slow", dropInvalidIndex: true });
    expect(probe).toMatchObject({
      residue: [
        "the INVALID index spared_slow, which could not be dropped: the connection owner does not say mayDropIndexes",
      ],
    });
  });

  test("that is whole, or not there, is no residue", async () => {
    await server().query("create table whole (a int); create index whole_a on whole (a)");
    const sessions = server().sessionsOf(server().connection("watch"));
    expect(await sessions.isInvalidIndex("watch", "whole_a")).toBe(false);
    expect(await sessions.isInvalidIndex("watch", "no_such_index")).toBe(false);
  });
});

test("a server that cannot be reached is no sign of an end; one that was started again is", async () => {
  const backend = backendOf("watch");
  const { job } = await server().begin(aStoppingJob(now), sleep);
  server().halt();
  await expect(backend.probe(job, now)).rejects.toThrow(/ECONNREFUSED|terminat/);
  await server().start();
  expect(await backend.probe(job, now)).toMatchObject({
    kind: "stopped",
    evidence: { detail: expect.stringMatching("the server was started again at") },
  });
});

test("no password is in an error", async () => {
  const url = new Secret(`postgres://watch:${"hunter2"}@127.0.0.1:1/postgres`);
  const backend = postgresBackend({ sessions: server().sessionsOf(server().connection("watch", { url })) });
  const job = {
    ...aStoppingJob(now),
    backend: { kind: "postgres", connection: "watch", pid: 1, backendStart: "2026-01-01 00:00:00+00" },
  };
  const error = await backend.probe(job, now).catch((thrown: unknown) => thrown);
  expect(String((error as Error).stack)).not.toMatch("hunter2");
});
