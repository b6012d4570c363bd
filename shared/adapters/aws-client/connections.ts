import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type HttpResponse, type ResponseReader, responseReader } from "./http-response.ts";
import type { Headers } from "./request-signer.ts";

/** As many as one function has in use at once; more requests wait for one to be free. */
const maxSockets = 64;

/** Sends `POST /` and settles with the response. Rejects when the connection fails, or has not answered in time. */
export type Exchange = (headers: Headers, body: string, boundMs: number) => Promise<HttpResponse>;

export interface Connections {
  readonly exchange: Exchange;
  /** Opens a connection for the first request, if there is none. Never rejects: the request would be told. */
  readonly open: () => Promise<void>;
}

interface Connection {
  readonly socket: Socket;
  /** Who waits for a response; absent while the connection is idle. */
  asked?: Asked | undefined;
}

interface Asked {
  readonly reader: ResponseReader;
  readonly settle: (response: HttpResponse) => void;
  readonly fail: (cause: Error) => void;
}

/**
 * Connections to one endpoint, kept alive. HTTP/1.1 over a plain socket, for a service that we know: through
 * `node:http` the first request of a process costs 25 ms of CPU and each later one twice as much as this
 * (docs/decisions/0021).
 */
export const connectionsTo = (endpoint: URL): Connections => {
  const idle: Connection[] = [];
  const waiting: (() => void)[] = [];
  let inUse = 0;
  let session: Buffer | undefined;

  const connect = (): Socket => {
    const host = endpoint.hostname.replace(/^\[|\]$/g, "");
    const port = Number(endpoint.port);
    if (endpoint.protocol !== "https:") return connectPlain({ host, port: port || 80, noDelay: true });
    const servername = /^[\d.]+$|:/.test(host) ? "" : host;
    const socket = connectTls({ host, port: port || 443, servername, ...(session ? { session } : {}) });
    socket.setNoDelay(true);
    return socket.on("session", (given: Buffer) => (session = given));
  };

  const start = (): Connection => {
    const connection: Connection = { socket: connect() };
    const { socket } = connection;
    const lost = (cause: Error) => {
      const { asked } = connection;
      connection.asked = undefined;
      forget(connection);
      socket.destroy();
      asked?.fail(cause);
    };
    socket.on("data", (bytes: Buffer) => {
      const { asked } = connection;
      if (asked === undefined) return lost(new Error("the server spoke unasked"));
      try {
        const response = asked.reader.push(bytes);
        if (response !== undefined) asked.settle(response);
      } catch (error) {
        lost(error as Error);
      }
    });
    socket.on("end", () => {
      const response = connection.asked?.reader.end();
      if (response === undefined) lost(new Error("the server closed the connection"));
      else connection.asked?.settle(response);
    });
    socket.on("error", lost);
    socket.on("close", () => lost(new Error("the connection was closed")));
    return connection;
  };

  const forget = (connection: Connection): void => {
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
  };

  /** Idle connections do not keep the process. */
  const keep = (connection: Connection): void => {
    connection.socket.unref();
    idle.push(connection);
  };

  const take = (): Connection => {
    const connection = idle.pop();
    connection?.socket.ref();
    return connection ?? start();
  };

  const turn = (boundMs: number) =>
    new Promise<void>((resolve, reject) => {
      const mine = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(mine), 1);
        reject(noneWithin(boundMs));
      }, boundMs);
      waiting.push(mine);
    });

  /** Gives the place to who has waited longest. */
  const release = (): void => {
    const next = waiting.shift();
    if (next) next();
    else inUse--;
  };

  const send = (connection: Connection, text: string, boundMs: number) =>
    new Promise<HttpResponse>((resolve, reject) => {
      const { socket } = connection;
      // A timer of our own bounds the whole exchange; `AbortSignal.timeout` costs a sixth of a call's CPU.
      const timer = setTimeout(() => socket.destroy(noneWithin(boundMs)), boundMs);
      const done = () => {
        clearTimeout(timer);
        connection.asked = undefined;
      };
      connection.asked = {
        reader: responseReader(),
        settle(response) {
          done();
          if (response.keepsOpen) keep(connection);
          else socket.destroy();
          resolve(response);
        },
        fail(cause) {
          done();
          reject(cause);
        },
      };
      socket.write(text);
    });

  return {
    async exchange(headers, body, boundMs) {
      const until = performance.now() + boundMs;
      if (inUse < maxSockets) inUse++;
      else await turn(boundMs);
      try {
        return await send(take(), toRequest(headers, body), Math.max(1, until - performance.now()));
      } finally {
        release();
      }
    },
    open: () =>
      new Promise((resolve) => {
        if (idle.length > 0) return resolve();
        const connection = start();
        const { socket } = connection;
        socket.once(endpoint.protocol === "https:" ? "secureConnect" : "connect", () => {
          keep(connection);
          resolve();
        });
        socket.once("close", () => resolve());
      }),
  };
};

const noneWithin = (boundMs: number) => new Error(`none within ${Math.round(boundMs)} ms`);

const toRequest = (headers: Headers, body: string): string => {
  let head = "POST / HTTP/1.1\r\n";
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
