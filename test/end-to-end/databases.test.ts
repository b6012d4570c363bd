import { writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobRegistration } from "../../packages/client/src/registration.ts";
import { type RunQueryOptions, runQuery } from "../../packages/client/src/run-query.ts";
import { startCommand } from "../support/end-to-end/commands.ts";
import { type Standdown, startStanddown, until } from "../support/end-to-end/end-to-end.ts";
import { clientOf, jobsThrough, token } from "../support/end-to-end/end-to-end-client.ts";
import { alibabaClients } from "../support/sdk/sdk-alibaba.ts";
import { callOf, createIndex, uploadDocument } from "../support/sdk/sdk-analyticdb.ts";
import { writeKeys } from "../support/sdk/sdk-keys.ts";
import { openServer, type PostgresServer } from "../support/stack/postgres.ts";

let server: PostgresServer;
let standdown: Standdown;
let pool: pg.Pool;
let keys: ReturnType<typeof writeKeys>;
beforeAll(async () => {
  server = await openServer();
  keys = writeKeys({
    connections: [
      { name: "warehouse", kind: "postgres", url: server.url("owner"), mayDropIndexes: true },
      { name: "elsewhere", kind: "postgres", url: "postgres://watch@127.0.0.1:1/postgres" },
    ],
  });
  standdown = await startStanddown({ settings: { STANDDOWN_CONFIG: keys.file } });
  pool = new pg.Pool({ connectionString: server.url("work"), max: 4 });
  pool.on("error", () => {});
});
afterAll(async () => {
  await pool.end();
  await standdown.stop();
  await server.stop();
  keys.remove();
});

const { send, jobs } = (() => {
  const send: ReturnType<typeof clientOf> = (...request) => clientOf(standdown.facts.http)(...request);
  return { send, jobs: jobsThrough(send) };
})();

/** Runs a query as a job, and gives the job's uid once the server runs it. */
const started = async (sql: string, job: JobRegistration, given: Partial<RunQueryOptions> = {}) => {
  const options = { endpoint: standdown.facts.http, token, connection: "warehouse", job, ...given };
  const end = runQuery(pool, sql, options);
  const active = () =>
    server.query<{ tag: string }>(
      "select application_name as tag from pg_stat_activity where application_name like 'standdown:%' and state = 'active' and backend_type = 'client backend'",
    );
  const [{ tag } = { tag: "" }] = await until(active, (rows) => rows.length === 1, 10_000);
  return { uid: tag.replace("standdown:", ""), end };
};

const receiptOf = (uid: string, isDone: (receipt: Record<string, unknown>) => boolean) =>
  until(async () => JSON.parse((await send("GET", `/jobs/${uid}/receipt`)).text), isDone, 30_000);

const isObserved = ({ assurance }: Record<string, unknown>) => assurance === "observed";

const [alibaba] = alibabaClients;

describe("a query is cancelled by the SDK of a provider, and its server is the witness", () => {
  test.each([
    ["named in the receipt", {}, ["the INVALID index public.slow_index"], 1],
    ["dropped where that was asked for", { dropInvalidIndex: true }, [], 0],
  ])("CancelCreateIndexJob: the session is gone, and the INVALID index %s", async (_, given, residue, left) => {
    await server.query(`drop table if exists documents; create table documents (a int); alter table documents owner to work;
      insert into documents values (1);
      create or replace function slow(int) returns int language sql immutable as 'select $1 from pg_sleep(600)'`);
    const jobId = `index-${left}`;
    const sql = "create index concurrently public.slow_index on documents (slow(a))".replace("public.", "");
    const job = { ...createIndex.registration, jobId } as JobRegistration;
    const { uid, end } = await started(sql, job, { index: "public.slow_index", ...given });
    await until(
      () => server.query("select from pg_stat_progress_create_index"),
      (rows) => rows.length === 1,
      10_000,
    );
    await alibaba?.call(standdown.facts.http, "owner", callOf(createIndex, jobId));
    expect(await end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    const receipt = await receiptOf(uid, isObserved);
    expect(receipt).toMatchObject({ outcome: "stopped", evidence: { kind: "session-gone" }, verified: true, residue });
    expect(await server.query("select from pg_index where not indisvalid")).toHaveLength(left);
  });

  test("CancelUploadDocumentJob: a COPY without an end", async () => {
    await server.query(`create table if not exists lines (line text); alter table lines owner to work;
      grant pg_execute_server_program to work`);
    const job = { ...uploadDocument.registration, jobId: "copy-1" } as JobRegistration;
    const { uid, end } = await started("copy lines from program 'yes a line of a document'", job);
    await alibaba?.call(standdown.facts.http, "owner", callOf(uploadDocument, "copy-1"));
    expect(await end).toMatchObject({ outcome: "cancelled" });
    expect(await receiptOf(uid, isObserved)).toMatchObject({ outcome: "stopped", evidence: { kind: "session-gone" } });
    expect(await server.query("select from lines limit 1")).toEqual([]);
  });
});

describe("what does not cooperate", () => {
  const sqlJob = (jobId: string): JobRegistration => ({ service: "generic", scope: {}, jobId, graceSeconds: 1 });
  const cancel = (uid: string) => send("POST", `/jobs/${uid}/cancel`);

  test("a statement that swallows the cancel is ended with its session, and the receipt says what was seen", async () => {
    const deaf =
      "do $$ begin loop begin perform pg_sleep(600); exception when query_canceled then null; end; end loop; end $$";
    const { uid, end } = await started(deaf, sqlJob("deaf"));
    await cancel(uid);
    expect(await end).toMatchObject({ outcome: "cancelled" });
    const receipt = await receiptOf(uid, isObserved);
    const steps = receipt.steps as { step: string; detail: string }[];
    expect(steps.find(({ step }) => step === "escalated")?.detail).toMatch(
      /^the work did not stop in time \(its session is active and holds \d+ locks\): pg_terminate_backend$/,
    );
  });

  test("a session whose client has died", async () => {
    const client = new pg.Client({ connectionString: server.url("work") });
    client.on("error", () => {});
    await client.connect();
    const alone = { connect: async () => Object.assign(client, { release: () => {} }) };
    const options = { endpoint: standdown.facts.http, token, connection: "warehouse", job: sqlJob("orphan") };
    void runQuery(alone as never, "select pg_sleep(600)", { ...options, reportSeconds: 0.01 }).catch(() => {});
    const [{ tag, pid } = { tag: "", pid: 0 }] = await until(
      () =>
        server.query<{ tag: string; pid: number }>(
          "select application_name as tag, pid from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'",
        ),
      (rows) => rows.length === 1,
      10_000,
    );
    await cancel(tag.replace("standdown:", ""));
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await receiptOf(tag.replace("standdown:", ""), isObserved);
    expect(await server.isThere(pid)).toBe(false);
  });
});

describe("standdown sql", () => {
  const run = (...args: readonly string[]) =>
    startCommand(standdown.facts.http, ["sql", "--connection", "warehouse", ...args]);
  const database = () => ["--url", server.url("work")];
  const running = async () => {
    const rows = await until(
      () =>
        server.query<{ tag: string }>(
          "select application_name as tag from pg_stat_activity where query = 'select pg_sleep(601)' and state = 'active'",
        ),
      (found) => found.length === 1,
      10_000,
    );
    return rows[0]?.tag.replace("standdown:", "") ?? "";
  };

  test("prints the rows of a query", async () => {
    const sql = "select n, n::text as text from generate_series(1, 2) n";
    expect(await run(...database(), "--command", sql).end).toEqual({
      code: 0,
      stdout: '{"n":1,"text":"1"}\n{"n":2,"text":"2"}\n',
      stderr: "",
    });
  });

  test("ends with 143 when its job is cancelled, and the receipt is the server's", async () => {
    const { end } = run(...database(), "--command", "select pg_sleep(601)");
    const uid = await running();
    await send("POST", `/jobs/${uid}/cancel`);
    expect(await end).toEqual({ code: 143, stdout: "", stderr: "" });
    expect(await receiptOf(uid, isObserved)).toMatchObject({ evidence: { kind: "session-gone" } });
  });

  test("cancels its query when it is told to end itself", async () => {
    const { child, end } = run(...database(), "--command", "select pg_sleep(601)");
    const uid = await running();
    child.kill("SIGTERM");
    expect(await end).toMatchObject({ code: 143 });
    expect(await jobs.job(uid)).toMatchObject({ state: "failed" });
    expect(await server.query("select from pg_stat_activity where query = 'select pg_sleep(601)'")).toEqual([]);
  });

  test.each([
    ["a query that fails", () => [...database(), "--command", "select 1 / 0"], 1, /^standdown: division by zero$/m],
    ["no query", () => database(), 64, /^--command or --file is missing\n\nusage: standdown sql/],
    [
      "a database that is not there",
      () => ["--url", "postgres://work@127.0.0.1:1/x", "--command", "select 1"],
      69,
      /^standdown: the database cannot be reached/,
    ],
    [
      "a database that has no such role",
      () => ["--url", server.url("nobody"), "--command", "select 1"],
      69,
      /^standdown: the database cannot be reached: role "nobody"/,
    ],
    ["a token that is none", () => [...database(), "--token", "none", "--command", "select 1"], 77, /^standdown: /],
  ])("%s", async (_, args, code, words) => {
    expect(await run(...args()).end).toEqual({ code, stdout: "", stderr: expect.stringMatching(words) });
  });
});

describe("standdown doctor", () => {
  const examine = async (role: string, given: object = {}) => {
    const document = {
      principals: [],
      connections: [{ name: "one", kind: "postgres", url: server.url(role), ...given }],
    };
    const file = path.join(standdown.data, "doctor.json");
    writeFileSync(file, JSON.stringify(document));
    return startCommand(standdown.facts.http, ["doctor", "--config", file]).end;
  };

  test.each([
    [
      "watch",
      [
        /ok {2}PostgreSQL 18\.\d+, as watch$/m,
        /ok {2}watch may end sessions/,
        /ok {2}watch may see when sessions began$/m,
      ],
    ],
    ["signals", [/!! {2}signals may not see when sessions began: grant pg_read_all_stats to signals$/m]],
    ["stats", [/!! {2}stats may not end sessions of other roles: grant pg_signal_backend to stats$/m]],
    ["nobody", [/!! {2}it cannot be reached: role "nobody" does not exist$/m]],
  ])("says what %s may see and end", async (role, words) => {
    const { code, stdout } = await examine(role);
    for (const each of words) expect(stdout).toMatch(each);
    if (role !== "watch") expect(code).toBe(1);
  });

  test("says which secret is missing, and shows none", async () => {
    const { code, stdout } = await examine("watch", { secretRef: "warehouse" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/!! {2}there is no secret warehouse: name a file with --secrets$/m);
  });
});

test("a database that cannot be reached is no witness: the receipt says no more than what the work said", async () => {
  const job: JobRegistration = { service: "generic", scope: {}, jobId: "elsewhere", graceSeconds: 1 };
  const { uid, end } = await started("select pg_sleep(600)", job, { connection: "elsewhere", heartbeatSeconds: 0.2 });
  await send("POST", `/jobs/${uid}/cancel`);
  await end;
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", assurance: "acknowledged", verified: false });
});
