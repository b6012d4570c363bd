import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { redact } from "../../../shared/redaction/redact.ts";
import { close, listen } from "../platform/listen.ts";
import { openLogFile } from "../platform/log-file.ts";
import { readBody } from "../platform/read-body.ts";
import { createSqsClient } from "../sqs/client.ts";
import type { EventBus, EventRule } from "../template/event-rules.ts";
import type { Account } from "../template/resources.ts";
import { createDelivery } from "./delivery.ts";
import { type BusEvent, type JudgedEntry, judgePutEvents, sizeLimit, tooLarge, unreadable } from "./put-events.ts";

export interface EventBridge {
  readonly endpoint: string;
  stop(graceMs: number): Promise<void>;
}

export interface EventBridgeOptions {
  readonly buses: readonly EventBus[];
  readonly rules: readonly EventRule[];
  readonly account: Account;
  /** Where every event that a bus has taken becomes a line of JSON. */
  readonly logFile: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A detail is JSON in a string, where each quote takes two characters and a control character six. */
const bodyLimit = 6 * sizeLimit;

/**
 * Serves EventBridge's `PutEvents` on any free port. It answers when the queues have the events, so that nothing is under
 * way once the last request is answered.
 */
export const startEventBridge = async (options: EventBridgeOptions): Promise<EventBridge> => {
  const { buses, rules, account, logFile, now, print, note } = options;
  const log = await openLogFile(logFile, print);
  const sqs = createSqsClient(account);
  const deliver = createDelivery({
    buses,
    rules,
    send: (QueueUrl, MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    record: (event) => log.write(isOutcome(event) ? JSON.stringify(event) : redact(JSON.stringify(event)).body),
    note,
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const body = await readBody(request, bodyLimit);
    if (request.method !== "POST" || request.headers["x-amz-target"] !== "AWSEvents.PutEvents") {
      return refuse("UnknownOperationException", "Only PutEvents is served.");
    }
    if (body === undefined) return refuse(tooLarge.type, tooLarge.message);
    const input = parse(body);
    if (input === undefined) return refuse(unreadable.type, unreadable.message);
    const outcome = judgePutEvents(input, account, now());
    if (outcome.kind === "refused") return refuse(outcome.type, outcome.message);
    for (const entry of outcome.entries) {
      if (entry.kind === "accepted") await deliver(entry.busName, entry.event);
    }
    const failed = outcome.entries.filter(({ kind }) => kind === "failed");
    return { status: 200, body: { FailedEntryCount: failed.length, Entries: outcome.entries.map(render) } };
  };

  const server = createServer((request, response) => {
    answer(request)
      .then(({ status, body }) => {
        response.writeHead(status, {
          "content-type": "application/x-amz-json-1.1",
          "x-amzn-requestid": randomUUID(),
        });
        response.end(JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  return {
    endpoint,
    async stop(graceMs) {
      await close(server, graceMs);
      sqs.destroy();
      await log.close();
    },
  };
};

/** What Standdown itself publishes is what its receipts say. Everything else can have a secret anywhere. */
const isOutcome = ({ source, "detail-type": type }: BusEvent): boolean =>
  source === "dev.standdown" && type.startsWith("dev.standdown.cancellation.");

const render = (entry: JudgedEntry): object =>
  entry.kind === "accepted" ? { EventId: entry.event.id } : { ErrorCode: entry.code, ErrorMessage: entry.message };

const refuse = (type: string, message: string): Answer => ({ status: 400, body: { __type: type, message } });

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
};
