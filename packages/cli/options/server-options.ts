import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { Standdown } from "../../client/src/standdown.ts";
import { UsageError } from "./usage-error.ts";

export const serverUsage = `  --endpoint URL   where Standdown listens
  --token TOKEN    a bearer token

STANDDOWN_ENDPOINT and STANDDOWN_TOKEN stand in for them, or a profile: a file of mode 600 with {"endpoint": …, "token": …},
~/.config/standdown/profile.json unless STANDDOWN_PROFILE names another.`;

const text = { type: "string" } as const;

const common = {
  endpoint: text,
  token: text,
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Asked {
  readonly values: Values;
  readonly positionals: readonly string[];
  /** A text option, from the command line only. */
  text(name: string): string | undefined;
}

/** Reads a command line with these options besides the common ones. Throws {@link UsageError}. */
export const readCommandLine = (args: readonly string[], own: ParseArgsOptionsConfig): Asked => {
  try {
    const options = { ...common, ...own };
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      allowNegative: true,
    });
    const given = values as Values;
    return {
      values: given,
      positionals,
      text: (name) => (typeof given[name] === "string" ? (given[name] as string) : undefined),
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

export const formats = ["table", "json", "yaml"] as const;
/** Of what has names. */
export const listFormats = [...formats, "name"] as const;
export type Format = (typeof listFormats)[number];

export const readFormat = <Allowed extends Format>({ text }: Asked, allowed: readonly Allowed[]): Allowed => {
  const given = text("output") ?? "table";
  const format = allowed.find((each) => each === given);
  if (format === undefined) throw new UsageError(`-o must be one of ${allowed.join(", ")}`);
  return format;
};

/** The only argument of a command that is about one job. */
export const readUid = ({ positionals: [uid, ...more] }: Asked, command: string): string => {
  if (uid === undefined || more.length > 0) throw new UsageError(`standdown ${command} takes one UID`);
  return uid;
};

export const readSeconds = ({ text }: Asked, name: string): number | undefined => {
  const given = text(name);
  if (given === undefined) return undefined;
  const [, number, unit = "s"] = /^(\d{1,6}(?:\.\d+)?)(s|m|h)?$/.exec(given) ?? [];
  if (number === undefined) throw new UsageError(`--${name} must be a time such as 90s, 5m or 1h`);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
};

interface Profile {
  readonly endpoint?: unknown;
  readonly token?: unknown;
}

/** Where to ask, and as whom. Throws {@link UsageError}. */
export const openServer = (asked: Asked, env: NodeJS.ProcessEnv): Standdown => {
  const profile = readProfile(env);
  const pick = (name: "endpoint" | "token") =>
    asked.text(name) ?? env[`STANDDOWN_${name.toUpperCase()}`] ?? profile[name];
  const [endpoint, token] = [pick("endpoint"), pick("token")];
  if (typeof endpoint !== "string" || typeof token !== "string")
    throw new UsageError(
      `there is no ${typeof endpoint === "string" ? "token" : "endpoint"}: set STANDDOWN_ENDPOINT and STANDDOWN_TOKEN, or write a profile`,
    );
  if (!URL.canParse(endpoint)) throw new UsageError("the endpoint must be a URL such as http://127.0.0.1:3000");
  return new Standdown({ endpoint, token, timeout: patienceMs });
};

/** Somebody waits at a terminal. */
const patienceMs = 10_000;

const readProfile = (env: NodeJS.ProcessEnv): Profile => {
  const file = env.STANDDOWN_PROFILE ?? path.join(homedir(), ".config/standdown/profile.json");
  let text: string;
  try {
    // A token that others can read is no secret any more.
    if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0)
      throw new UsageError(`others can read ${file}: chmod 600 it`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (env.STANDDOWN_PROFILE === undefined) return {};
    throw new UsageError(`${file} cannot be read`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
};
