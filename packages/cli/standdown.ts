#!/usr/bin/env node
/** `standdown <command>`: runs one command, and ends with its exit code. */
import { checkConfigCommand } from "./check-config/command.ts";
import { doctorCommand } from "./doctor/command.ts";
import { reapCommand } from "./reap/command.ts";
import { redriveCommand } from "./redrive/command.ts";
import { runCommand } from "./run/command.ts";
import { sqlCommand } from "./sql/command.ts";

/** Returns the exit code. */
type Command = (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  "check-config": checkConfigCommand,
  doctor: doctorCommand,
  reap: reapCommand,
  redrive: redriveCommand,
  run: runCommand,
  sql: sqlCommand,
};

const usage = `usage: standdown <command>

commands:
  check-config   tells all faults of a configuration document
  doctor         says what this host and each connection can see and end
  reap           ends what was left of cancelled jobs whose supervisor died
  redrive        moves dead letters whose cancel still matters back into their queue
  run            runs a command as a job that can be cancelled
  sql            runs a query as a job that can be cancelled`;

const run = async ([name = "", ...args]: readonly string[]): Promise<number> => {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(usage);
    return 2;
  }
  try {
    return await command(args, process.env);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
};

process.exitCode = await run(process.argv.slice(2));
