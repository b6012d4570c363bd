import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Standdown, startStanddown } from "../../../test/support/end-to-end/end-to-end.ts";
import { awsOf } from "../../../test/support/end-to-end/end-to-end-aws.ts";
import { familyOf } from "../../../test/support/end-to-end/end-to-end-processes.ts";
import type { Send } from "../referee/wire.ts";
import type { Database } from "./database.ts";
import type { World } from "./world.ts";

/** The packaged stack as `npm start` runs it, with what can be done to it from outside. */
export interface PackagedStack {
  /** All jobs share the stack. */
  readonly world: World;
  /** SIGKILL for every function that runs, as for one that is out of time or memory. */
  killFunctions(): Promise<void>;
  /** SIGSTOP for the table's server, for so long. */
  pauseTable(ms: number): Promise<void>;
  /** SIGKILL for the runner, and a new one on the same table and port. What was in the queues is lost. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** How long the campaign itself goes on asking a stack that does not answer. */
const patienceMs = 40_000;

/** Asks again until there is an answer that is no failure of the server. */
const patiently = async <Answer>(
  ask: () => Promise<Answer>,
  isFailure: (answer: Answer) => boolean,
): Promise<Answer> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const answer = await ask();
      if (!isFailure(answer) || performance.now() > deadline) return answer;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(250);
  }
};

/** The development configuration, with the connection to the database. */
const writeConfig = (directory: string, database: Database | undefined): string => {
  const development = JSON.parse(readFileSync(path.resolve("config/development.json"), "utf8"));
  const file = path.join(directory, "config.json");
  writeFileSync(file, JSON.stringify({ ...development, connections: database?.connections ?? [] }));
  return file;
};

const never = (): boolean => false;

export const startPackaged = async (directory: string, database: Database | undefined): Promise<PackagedStack> => {
  const data = path.join(directory, "stack");
  const settings = { STANDDOWN_CONFIG: writeConfig(directory, database) };
  let standdown: Standdown = await startStanddown({ data, settings });
  let aws = awsOf(standdown);
  const { http } = standdown.facts;
  const send: Send = async (method, target, { headers = {}, body = "" } = {}) => {
    const answer = await fetch(`${http}${target}`, { method, headers, ...(body === "" ? {} : { body }) });
    return { status: answer.status, text: await answer.text() };
  };
  const isLeft = () =>
    aws.left("cancel-sql-job").then(
      (left) => left > 0,
      () => true,
    );

  const world: World = {
    leaseSeconds: 2,
    graceSeconds: 1,
    maxRuntimeSeconds: 2,
    beatSeconds: 0.5,
    readEveryMs: 300,
    isReliable: false,
    ...(database === undefined ? {} : { database: database.url }),
    host: new URL(http).host,
    send,
    ask: (...request) =>
      patiently(
        () => send(...request),
        ({ status }) => status >= 500 || status === 429,
      ),
    now: () => Date.now(),
    pass: (ms) => pause(ms),
    // The delayed messages and the schedules of the stack do that.
    check: async () => {},
    sweep: async () => void (await patiently(() => aws.invoke("reconcile-cancellations"), never)),
    cleanup: async () => void (await patiently(() => aws.invoke("cleanup-stale-jobs"), never)),
    async deliver(message, sentAt) {
      // As an archive replays it: what counts is the time of the event.
      const event = { "detail-type": "cancel", source: "truth", detail: message, time: new Date(sentAt).toISOString() };
      await patiently(() => aws.send("cancel-sql-job", event), never);
    },
    async settleQueue() {
      for (let turn = 0; turn < 30 && (await isLeft()); turn++) await pause(100);
    },
    stop: async () => {},
  };

  const programs = (name: string) =>
    familyOf(standdown.facts.pid).filter(
      ({ commandLine }) => !commandLine.startsWith("sh ") && commandLine.includes(name),
    );
  const signal = (pid: number, name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  return {
    world,
    async killFunctions() {
      for (const { pid } of programs("runtime-client")) signal(pid, "SIGKILL");
    },
    async pauseTable(ms) {
      const tables = programs("dynoxide");
      for (const { pid } of tables) signal(pid, "SIGSTOP");
      await pause(ms);
      for (const { pid } of tables) signal(pid, "SIGCONT");
    },
    async restart() {
      signal(standdown.facts.pid, "SIGKILL");
      await standdown.end();
      aws.stop();
      standdown = await startStanddown({ data, settings, port: Number(new URL(http).port) });
      aws = awsOf(standdown);
    },
    async stop() {
      aws.stop();
      await standdown.stop();
    },
  };
};
