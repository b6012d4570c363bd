/** A query in PostgreSQL under the client. Each part of it leaves its line by a program that the server runs. */
import "./moved-clock.ts";
import pg from "pg";
import { runQuery } from "../../../packages/client/src/run-query.ts";

const { env } = process;
const { EFFECTS = "", JOB = "", INCARNATION = "1", MANNERS, TOKEN = "" } = env;

const part = `read -r up _ </proc/uptime; echo "${JOB} ${INCARNATION} m%s $up"u >>'${EFFECTS}'`;
const swallow = MANNERS === "swallows" ? "exception when query_canceled then null;" : "";
const sql = `do $$ begin
  for n in 1..${env.PARTS} loop
    begin
      execute format('copy (select 1) to program %L', format($program$cat >/dev/null; ${part}$program$, n));
      perform pg_sleep(${env.PAUSE});
    ${swallow}
    end;
  end loop;
end $$`;

const { state: _, ...job } = JSON.parse(env.REGISTRATION ?? "{}");
const pool = new pg.Pool({ connectionString: env.DATABASE ?? "", max: 2 });
pool.on("error", () => {});
await runQuery(pool, sql, {
  endpoint: `http://127.0.0.1:${env.PORT}`,
  token: TOKEN,
  job,
  connection: "truth",
  heartbeatSeconds: Number(env.BEAT),
  reportSeconds: 20,
});
await pool.end();
