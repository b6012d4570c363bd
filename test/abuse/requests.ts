import fc from "fast-check";
import { hostileRequests } from "../../bench/refuse/hostile.ts";
import { sqsSourceQueue } from "../../shared/adapters/sqs/source-queue.ts";
import { aRecord } from "../support/requests/cancel-messages.ts";
import { now } from "../support/stack/jobs.ts";
import type { Attempt, World } from "./world.ts";

let address = 0;

/** Requests of up to 1 MB: short answers, each a client's mistake. */
const overloading: Attempt = async ({ bundle, random }) => {
  const [request] = fc.sample(hostileRequests, { numRuns: 1, seed: random(2 ** 31) });
  if (request === undefined) return "nothing was drawn";
  const { method, url, sent } = request;
  const source = `198.51.${(address >> 8) & 255}.${address++ & 255}`;
  const { status, text } = await bundle.send(method, url, { ...sent, source });
  if (status < 400 || status >= 500) return `${request.what} was answered with ${status}`;
  return text.length > 6_000 ? `${request.what} was answered with ${text.length} characters` : undefined;
};

const mark = "c4n4ry9secret";

const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => Buffer.from(text).toString("base64"),
  encodeURIComponent,
  (text) => JSON.stringify(text),
  (text) => text.replaceAll('"', "'"),
];

const places = [
  "NamespacePassword",
  "NamespacePass",
  "pw",
  "sk",
  "Signature",
  "Value",
  "detail",
  "data",
  "Message",
  "note",
];

const hide = (world: World, depth = 0): unknown => {
  const { random, pick } = world;
  if (depth > 3 || random(3) === 0) return pick(spellings)(pick([mark, `password=${mark}`, `{"password":"${mark}"}`]));
  if (random(4) === 0) return [{ Name: "NamespacePassword" }, hide(world, depth + 1)];
  const inner = hide(world, depth + 1);
  return random(4) === 0 ? { Message: JSON.stringify({ a: inner }) } : { [pick(places)]: inner };
};

/** What a dead letter keeps of a message in which a secret is hidden. */
const littering: Attempt = async (world) => {
  const message = { operation: "cancel-sql-job", parameters: hide(world), extra: hide(world) };
  const body = world.pick(spellings)(JSON.stringify(message));
  let kept = "";
  const call = async (_: string, input: object) => {
    kept = JSON.stringify(input);
    return {};
  };
  await sqsSourceQueue(call as never, { queue: "q", deadLetters: "d" }).deadLetter(
    aRecord(body),
    { code: "invalid", detail: "d" },
    now,
  );
  const decoded = [...kept.matchAll(/[\w+/]{8,}={0,2}/g)].map(([part]) => Buffer.from(part, "base64").toString());
  return [kept, decodeURIComponent(kept.replaceAll(/%(?![\da-f]{2})/gi, "")), ...decoded].some((text) =>
    text.includes(mark),
  )
    ? `kept: ${kept}`
    : undefined;
};

export const ofRequests: Readonly<Record<string, Attempt>> = {
  "requests that are meant to cost": overloading,
  "secrets hidden in messages": littering,
};
