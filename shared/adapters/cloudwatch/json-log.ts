import type { Log } from "../../ports/log.ts";

export const jsonLog = (write: (line: string) => void, now: () => number): Log => {
  const line = (level: string, message: string, fields: object) =>
    write(JSON.stringify({ timestamp: new Date(now()).toISOString(), level, message, ...fields }));
  return {
    info: (message, fields) => line("INFO", message, fields),
    error: (message, fields, cause) => line("ERROR", message, { ...fields, error: describe(cause) }),
  };
};

const describe = (cause: unknown): object => {
  if (!(cause instanceof Error)) return { type: typeof cause };
  const { name, message, stack } = cause;
  return { name, message, stack, ...(cause.cause === undefined ? {} : { cause: describe(cause.cause) }) };
};
