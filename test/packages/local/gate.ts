import { createServer, type ServerResponse } from "node:http";
import { close, listen } from "../../../packages/local/platform/listen.ts";

/** A place where a fixture function waits until the test lets it go: `await fetch(gate.url)`. */
export interface Gate {
  readonly url: string;
  /** How many were waiting at once, at most. */
  readonly maxAtOnce: () => number;
  /** Waits until a function stands at the gate; gives its path and lets it pass when asked to. */
  arrival(): Promise<{ path: string; open(): void }>;
  close(): Promise<void>;
}

export const createGate = async (): Promise<Gate> => {
  const arrived: { path: string; response: ServerResponse }[] = [];
  const expected: (() => void)[] = [];
  let inside = 0;
  let most = 0;
  const server = createServer((request, response) => {
    inside++;
    most = Math.max(most, inside);
    arrived.push({ path: request.url ?? "", response });
    expected.shift()?.();
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    maxAtOnce: () => most,
    async arrival() {
      if (arrived.length === 0) await new Promise<void>((resolve) => expected.push(resolve));
      const { path, response } = arrived.shift() ?? {};
      const open = (): void => {
        inside--;
        response?.end();
      };
      return { path: path ?? "", open };
    },
    close: () => close(server),
  };
};
