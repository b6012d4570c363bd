import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EventSource } from "./event-source.ts";

/** A server that listens. */
export interface Listener extends EventSource {
  readonly address: string;
}

/** Starts a server on 127.0.0.1; port 0 takes any free one. */
export const serve = async (server: Server, port: number): Promise<Listener> => ({
  address: `http://127.0.0.1:${await listen(server, port)}`,
  stop: (graceMs) => close(server, graceMs),
});

/** Binds a server to 127.0.0.1, and to nothing else; port 0 takes any free one. Returns the port. */
export const listen = async (server: Server, port = 0): Promise<number> => {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** Stops accepting, gives the requests in flight some time to finish, then cuts them off. */
export const close = async (server: Server, graceMs = 0): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection whose request has just finished would otherwise be waited for.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cutOff);
};

/** A port that was free a moment ago, for a program that cannot choose and report one itself. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
};
