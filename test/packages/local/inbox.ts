import { createServer, type ServerResponse } from "node:http";
import { close, listen } from "../../../packages/local/platform/listen.ts";
import { readBody } from "../../../packages/local/platform/read-body.ts";

/** An event that has arrived in a function, which now waits to be told what to do. */
export interface Delivery<Event> {
  readonly event: Event;
  readonly environment: Readonly<Record<string, string>>;
  answer(reply: unknown): void;
  fail(message: string): void;
}

/** Where `reportingFunction`s bring their events, by the names of the functions. */
export interface SourceQueue {
  readonly url: string;
  next<Event>(functionName: string): Promise<Delivery<Event>>;
  /** How many functions have been waiting at once, at most. */
  readonly maxAtOnce: (functionName: string) => number;
  /** How many events have come. */
  readonly total: (functionName: string) => number;
  close(): Promise<void>;
}

interface Box {
  readonly arrived: Delivery<never>[];
  readonly expected: ((delivery: Delivery<never>) => void)[];
  total: number;
  inside: number;
  most: number;
}

/** A handler that does with an event what the test decides when it sees it. */
export const reportingFunction = (sourceQueue: SourceQueue, environment: Readonly<Record<string, unknown>> = {}) => ({
  source: `export const http = async (event) => {
    const body = JSON.stringify({ event, environment: process.env });
    const url = process.env.INBOX + "/" + process.env.AWS_LAMBDA_FUNCTION_NAME;
    const { reply, error } = await (await fetch(url, { method: "POST", body })).json();
    if (error) throw new RangeError(error);
    if (reply?.print) console.log(reply.print);
    return reply;
  };`,
  environment: { INBOX: sourceQueue.url, ...environment },
});

export const createInbox = async (): Promise<SourceQueue> => {
  const boxes = new Map<string, Box>();
  const boxOf = (name: string): Box => {
    const box = boxes.get(name) ?? { arrived: [], expected: [], total: 0, inside: 0, most: 0 };
    boxes.set(name, box);
    return box;
  };

  const take = (box: Box, report: string, response: ServerResponse): void => {
    box.total++;
    box.inside++;
    box.most = Math.max(box.most, box.inside);
    const send = (instruction: object): void => {
      box.inside--;
      response.end(JSON.stringify(instruction));
    };
    const delivery = {
      ...JSON.parse(report),
      answer: (reply: unknown) => send({ reply }),
      fail: (error: string) => send({ error }),
    };
    const receiver = box.expected.shift();
    if (receiver) receiver(delivery);
    else box.arrived.push(delivery);
  };

  const server = createServer((request, response) => {
    const name = request.url?.replace("/standdown-dev-", "") ?? "";
    void readBody(request, 10_000_000).then((report) => take(boxOf(name), String(report), response));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    async next(name) {
      const { arrived, expected } = boxOf(name);
      return arrived.shift() ?? (await new Promise((resolve) => expected.push(resolve)));
    },
    maxAtOnce: (name) => boxOf(name).most,
    total: (name) => boxOf(name).total,
    close: () => close(server),
  };
};
