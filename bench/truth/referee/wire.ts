import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { close, listen } from "../../../packages/local/platform/listen.ts";
import { readBody } from "../../../packages/local/platform/read-body.ts";
import { monotonicMs } from "./effects.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Send = (method: string, target: string, sent?: Sent) => Promise<Answer>;

/** What the way between a worker and the API does. `hold-…` lets go what it held when the way is open again. */
export type WireMode = "open" | "drop-requests" | "drop-answers" | "hold-requests" | "hold-answers";

/** One request of a worker, as it was seen on the way. */
export interface WireEvent {
  readonly kind: "register" | "heartbeat" | "start" | "finish" | "other";
  readonly uid: string;
  readonly outcome?: string;
  /** When it was let through and when it was answered, by the monotonic clock. */
  readonly sentAt: number;
  readonly at: number;
  /** When it was let through, by the product's clock. */
  readonly productAt: number;
  readonly status: number;
  /** Whether the worker got the answer. */
  readonly answered: boolean;
}

/** A proxy before the API, one for each job, which the referee listens at and cuts. */
export const startWire = async (send: Send, productNow: () => number) => {
  const events: WireEvent[] = [];
  let mode: WireMode = "open";
  let dropped = 0;
  let opened = Promise.withResolvers<void>();
  const untilOpen = (): Promise<void> => (mode === "open" ? Promise.resolve() : opened.promise);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const body = String(await readBody(request, 1_000_000));
    const { method = "", url = "", headers } = request;
    const met = mode;
    if (met !== "open") dropped++;
    if (mode === "drop-requests") return request.socket.destroy();
    if (mode === "hold-requests") await untilOpen();
    const [sentAt, productAt] = [monotonicMs(), productNow()];
    const answer = await send(method, url, { headers: onlyTexts(headers), body }).catch(() => undefined);
    if (answer === undefined) return request.socket.destroy();
    if (met === "open" && (mode === "drop-answers" || mode === "hold-answers")) dropped++;
    const isLost = mode === "drop-answers";
    events.push({
      ...whatIsAsked(method, url, body, answer),
      sentAt,
      at: monotonicMs(),
      productAt,
      status: answer.status,
      answered: !isLost,
    });
    if (isLost) return request.socket.destroy();
    if (mode === "hold-answers") await untilOpen();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.text);
    return undefined;
  };
  // A worker may be killed while it sends.
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server);
  return {
    port,
    events: events as readonly WireEvent[],
    /** How many requests have met a way that was not open. */
    dropped: () => dropped,
    set(next: WireMode) {
      mode = next;
      if (next !== "open") return;
      opened.resolve();
      opened = Promise.withResolvers();
    },
    stop: () => close(server),
  };
};

export type Wire = Awaited<ReturnType<typeof startWire>>;

const onlyTexts = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && !/^(host|connection|content-length|transfer-encoding)$/.test(entry[0]),
    ),
  );

const whatIsAsked = (method: string, url: string, body: string, { text }: Answer) => {
  const given = body === "" ? {} : JSON.parse(body);
  const [, uid = "", call = ""] = /^\/jobs\/([^/]+)\/(heartbeat|finish)$/.exec(url) ?? [];
  if (method === "POST" && url === "/jobs") return { kind: "register" as const, uid: uidIn(text) };
  if (call === "finish") return { kind: "finish" as const, uid, outcome: String(given.outcome) };
  if (call === "heartbeat")
    return { kind: given.state === "running" ? ("start" as const) : ("heartbeat" as const), uid };
  return { kind: "other" as const, uid };
};

const uidIn = (text: string): string => {
  try {
    return String(JSON.parse(text).uid ?? "");
  } catch {
    return "";
  }
};
