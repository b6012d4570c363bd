/** `standdown <command>`: runs one command, and ends with its exit code. */

interface Loaded {
  run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number>;
  readonly usage?: string;
  readonly flags?: readonly string[];
}

interface Command {
  readonly summary: string;
  /** Loads the command, and nothing of the others. */
  readonly load: () => Promise<Loaded>;
}

const commands: Readonly<Record<string, Command>> = {
  cancel: {
    summary: "cancels jobs, and waits until it is clear whether they stopped",
    load: () => import("./cancel/command.ts"),
  },
  "check-config": {
    summary: "tells all faults of a configuration document",
    load: () => import("./check-config/command.ts"),
  },
  doctor: {
    summary: "says what this host and each connection can see and end",
    load: () => import("./doctor/command.ts"),
  },
  job: {
    summary: "shows a job",
    load: () => import("./job/command.ts"),
  },
  jobs: {
    summary: "lists jobs",
    load: () => import("./jobs/command.ts"),
  },
  reap: {
    summary: "ends what was left of cancelled jobs whose supervisor died",
    load: () => import("./reap/command.ts"),
  },
  receipt: {
    summary: "shows what became of a cancellation",
    load: () => import("./receipt/command.ts"),
  },
  redrive: {
    summary: "moves dead letters whose cancel still matters back into their queue",
    load: () => import("./redrive/command.ts"),
  },
  run: {
    summary: "runs a command as a job that can be cancelled",
    load: () => import("./run/command.ts"),
  },
  sql: {
    summary: "runs a query as a job that can be cancelled",
    load: () => import("./sql/command.ts"),
  },
  watch: {
    summary: "follows a cancellation until its end",
    load: () => import("./watch/command.ts"),
  },
};

const usage = `usage: standdown <command>

commands:
${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(13)}  ${summary}`)
  .join("\n")}
  completion     prints a completion script for bash, zsh or fish

standdown <command> --help says more of one.`;

const help = ["--help", "-h"];

const complete = async (args: readonly string[]): Promise<number> => {
  const { printCompletion } = await import("./completion.ts");
  const known = Object.entries(commands).map(async ([name, { load }]) => [name, (await load()).flags ?? []] as const);
  return printCompletion(args, Object.fromEntries(await Promise.all(known)));
};

const run = async ([name = "", ...args]: readonly string[]): Promise<number> => {
  if (name === "completion") return complete(args);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const isHelp = help.includes(name);
    (isHelp ? console.log : console.error)(usage);
    return isHelp ? 0 : 2;
  }
  const { run: runIt, usage: its } = await command.load();
  if (its !== undefined && help.includes(args[0] ?? "")) {
    console.log(its);
    return 0;
  }
  try {
    return await runIt(args, process.env);
  } catch (error) {
    return its === undefined ? failed(error) : refused(error, its);
  }
};

const failed = (error: unknown): number => {
  console.error((error as Error).message);
  return 1;
};

/** Of commands that ask the server. */
const refused = async (error: unknown, its: string): Promise<number> => {
  const { name, message } = error as Error;
  if (name === "UsageError" || error instanceof TypeError) {
    console.error(`standdown: ${message}\n\n${its.slice(0, its.indexOf("\n\n"))}\n\n--help says more.`);
    return 2;
  }
  if (name !== "JobApiError") return failed(error);
  const { toAnswer } = await import("./options/exit-codes.ts");
  const { code, words } = toAnswer(error);
  console.error(`standdown: ${words}`);
  return code;
};

process.exitCode = await run(process.argv.slice(2));
