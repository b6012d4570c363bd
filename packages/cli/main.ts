/** `standdown <command>`: runs one command, and ends with its exit code. */

type Run = (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>;

interface Command {
  readonly summary: string;
  /** Loads the command, and nothing of the others. */
  readonly load: () => Promise<{ readonly run: Run; readonly usage?: string; readonly flags?: readonly string[] }>;
}

const commands: Readonly<Record<string, Command>> = {
  cancel: {
    summary: "cancels jobs, and waits until it is clear whether they stopped",
    load: async () => {
      const { cancelCommand, usage, flags } = await import("./cancel/command.ts");
      return { run: cancelCommand, usage, flags };
    },
  },
  "check-config": {
    summary: "tells all faults of a configuration document",
    load: async () => ({ run: (await import("./check-config/command.ts")).checkConfigCommand }),
  },
  doctor: {
    summary: "says what this host and each connection can see and end",
    load: async () => {
      const { doctorCommand, usage } = await import("./doctor/command.ts");
      return { run: doctorCommand, usage, flags: ["config", "secrets"] };
    },
  },
  job: {
    summary: "shows a job",
    load: async () => {
      const { jobCommand, usage, flags } = await import("./job/command.ts");
      return { run: jobCommand, usage, flags };
    },
  },
  jobs: {
    summary: "lists jobs",
    load: async () => {
      const { jobsCommand, usage, flags } = await import("./jobs/command.ts");
      return { run: jobsCommand, usage, flags };
    },
  },
  reap: {
    summary: "ends what was left of cancelled jobs whose supervisor died",
    load: async () => {
      const { reapCommand, usage } = await import("./reap/command.ts");
      return { run: reapCommand, usage, flags: ["dry-run"] };
    },
  },
  receipt: {
    summary: "shows what became of a cancellation",
    load: async () => {
      const { receiptCommand, usage, flags } = await import("./receipt/command.ts");
      return { run: receiptCommand, usage, flags };
    },
  },
  redrive: {
    summary: "moves dead letters whose cancel still matters back into their queue",
    load: async () => ({ run: (await import("./redrive/command.ts")).redriveCommand }),
  },
  run: {
    summary: "runs a command as a job that can be cancelled",
    load: async () => {
      const [{ runCommand }, { usage, flags }] = await Promise.all([
        import("./run/command.ts"),
        import("./run/options.ts"),
      ]);
      return { run: runCommand, usage, flags };
    },
  },
  sql: {
    summary: "runs a query as a job that can be cancelled",
    load: async () => {
      const { sqlCommand, usage, flags } = await import("./sql/command.ts");
      return { run: sqlCommand, usage, flags };
    },
  },
  watch: {
    summary: "follows a cancellation until its end",
    load: async () => {
      const { watchCommand, usage, flags } = await import("./watch/command.ts");
      return { run: watchCommand, usage, flags };
    },
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
