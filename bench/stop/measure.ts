import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { runQuery } from "../../packages/client/src/run-query.ts";
import { clientOf, token } from "../../test/support/end-to-end/end-to-end-client.ts";

/** One piece of work that runs: how it is stopped, and when it has. */
export interface Running {
  stop(): Promise<unknown>;
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<unknown>;
  /** Of the receipt, once there is one; undefined for work that has none. */
  assurance(): Promise<string | undefined>;
}

/** Starts one piece of work, and resolves when it runs. */
export type Start = (name: string) => Promise<Running>;

const program = path.resolve("packages/cli/standdown.js");
const everyMs = 2;

/** The processes that have this in their environment, but for the supervisor. */
const processesOf = (mark: string): readonly number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isInteger(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").startsWith(`sleep\0${mark}`);
      } catch {
        return false;
      }
    });

const isThere = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};

const untilGone = async (pid: number): Promise<void> => {
  while (isThere(pid)) await pause(everyMs);
};

const findSleeper = async (seconds: string): Promise<number> => {
  for (;;) {
    const [pid] = processesOf(seconds);
    if (pid !== undefined) return pid;
    await pause(20);
  }
};

/** Each sleeps for a time of its own, by which it is found. */
let serial = 0;
const newSleep = (): string => String(100_000 + process.pid * 1_000 + serial++);

/** The floor: a bare process and a bare signal. */
export const bareProcess: Start = async () => {
  const child = spawn("sleep", [newSleep()], { stdio: "ignore" });
  const { pid = 0 } = child;
  await pause(20);
  return { stop: async () => child.kill(), gone: untilGone(pid), assurance: async () => undefined };
};

interface Receipt {
  readonly outcome: string;
  readonly assurance: string | null;
}

/** Asks for a receipt until it says that the work is over, or it is clear that it will not. */
const assuranceThrough = (http: string, uidOf: () => Promise<string>) => async (): Promise<string | undefined> => {
  const uid = await uidOf();
  for (let turn = 0; turn < 200; turn++) {
    const receipt: Receipt = JSON.parse((await clientOf(http)("GET", `/jobs/${uid}/receipt`)).text);
    if (receipt.assurance === "observed") return receipt.assurance;
    await pause(100);
  }
  return undefined;
};

/** A command under `standdown run`, with its default heartbeat unless another is given, cancelled by the API. */
export const supervised =
  (http: string, heartbeatSeconds?: number): Start =>
  async (name) => {
    const seconds = newSleep();
    const beat = heartbeatSeconds === undefined ? [] : ["--heartbeat", String(heartbeatSeconds)];
    const child = spawn(process.execPath, [program, "run", ...beat, "--job-id", name, "--", "sleep", seconds], {
      env: { PATH: process.env.PATH, STANDDOWN_ENDPOINT: http, STANDDOWN_TOKEN: token },
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const pid = await findSleeper(seconds);
    let uid = "";
    const stop = async () => {
      const { headers } = await clientOf(http)("DELETE", `/generic/v1/namespaces/default/jobs/${name}`);
      uid = String(headers["standdown-job"]);
    };
    return { stop, gone: untilGone(pid), assurance: assuranceThrough(http, () => ended.then(() => uid)) };
  };

const statement = "select pg_sleep(1000)";
const isCancelled = ({ code }: { readonly code?: string }): boolean => code === "57014";

/** The floor: a session and a bare `pg_cancel_backend`. */
export const bareSession = async (url: string): Promise<{ readonly start: Start; close(): Promise<void> }> => {
  const admin = new pg.Pool({ connectionString: url, max: 20 });
  admin.on("error", () => {});
  const start: Start = async () => {
    const session = new pg.Client({ connectionString: url });
    session.on("error", () => {});
    await session.connect();
    const { rows } = await session.query("select pg_backend_pid() as pid");
    const gone = session.query(statement).catch((error: { code?: string }) => {
      if (!isCancelled(error)) throw error;
    });
    await pause(20);
    return {
      stop: () => admin.query("select pg_cancel_backend($1)", [rows[0].pid]),
      gone,
      assurance: () => session.end().then(() => undefined),
    };
  };
  return { start, close: () => admin.end() };
};

/** A query under `runQuery`, cancelled by the API. */
export const query = (http: string, pool: pg.Pool): Start => {
  return async (name) => {
    const gone = Promise.withResolvers<void>();
    const began = Promise.withResolvers<string>();
    const watched = {
      connect: async () => {
        const session = await pool.connect();
        const asked = session.query.bind(session) as (text: string, values?: unknown[]) => Promise<never>;
        return Object.assign(Object.create(session), {
          query: async (text: string, values?: unknown[]) => {
            if (values?.[0]?.toString().startsWith("standdown:")) began.resolve(String(values[0]).slice(10));
            return asked(text, values).catch((error: unknown) => {
              if (text === statement) gone.resolve();
              throw error;
            });
          },
          release: session.release.bind(session),
          on: session.on.bind(session),
          off: session.off.bind(session),
        });
      },
    };
    const job = { service: "generic", scope: {}, jobId: name } as const;
    const end = runQuery(watched, statement, { endpoint: http, token, connection: "bench", job });
    const uid = await began.promise;
    await pause(100);
    return {
      stop: () => clientOf(http)("DELETE", `/generic/v1/namespaces/default/jobs/${name}`),
      gone: gone.promise,
      assurance: assuranceThrough(http, () => end.then(() => uid)),
    };
  };
};
