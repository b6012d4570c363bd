import { randomUUID } from "node:crypto";
import { isRecord } from "../template/intrinsics.ts";
import type { Account } from "../template/resources.ts";

/** An event as targets receive it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What became of a request: all of it is refused, or each entry is judged by itself. */
export type PutEventsOutcome =
  | { readonly kind: "refused"; readonly type: string; readonly message: string }
  | { readonly kind: "judged"; readonly entries: readonly JudgedEntry[] };

export type JudgedEntry =
  | { readonly kind: "accepted"; readonly busName: string; readonly event: BusEvent }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970. */
  readonly Time?: number;
}

const maxEntries = 10;
/** Of all entries together, in bytes. */
export const sizeLimit = 1_048_576;

/** Judges the input of `PutEvents` in the words of the service; `now` is in milliseconds. */
export const judgePutEvents = (input: unknown, account: Account, now: number): PutEventsOutcome => {
  const entries = isRecord(input) ? (input.Entries ?? null) : null;
  if (entries === null) return invalid("Value null at 'entries' failed to satisfy constraint: Member must not be null");
  if (!Array.isArray(entries) || !entries.every(isEntry)) return { kind: "refused", ...unreadable };
  if (entries.length === 0) return invalid(`Value '[]' at 'entries' ${lengthConstraint} greater than or equal to 1`);
  // The service spells the entries out here.
  if (entries.length > maxEntries) {
    return invalid(`Value at 'entries' ${lengthConstraint} less than or equal to ${maxEntries}`);
  }
  if (entries.reduce((total, entry) => total + sizeOf(entry), 0) > sizeLimit) return { kind: "refused", ...tooLarge };
  return { kind: "judged", entries: entries.map((entry) => judgeEntry(entry, account, now)) };
};

/** What cannot be read as the operation's input. */
export const unreadable = { type: "SerializationException", message: "The request cannot be read as its operation's." };
export const tooLarge = {
  type: "ValidationException",
  message: "Total size of the entries in the request is over the limit.",
};
const lengthConstraint = "failed to satisfy constraint: Member must have length";
const invalid = (problem: string): PutEventsOutcome => ({
  kind: "refused",
  type: "ValidationException",
  message: `1 validation error detected: ${problem}`,
});

const isEntry = (entry: unknown): entry is Entry => {
  if (!isRecord(entry)) return false;
  const { Source, DetailType, Detail, EventBusName, Resources = [], Time = 0 } = entry;
  const texts = [Source, DetailType, Detail, EventBusName].filter((text) => text !== undefined);
  return (
    Array.isArray(Resources) &&
    [...texts, ...Resources].every((text) => typeof text === "string") &&
    typeof Time === "number" &&
    !Number.isNaN(new Date(Time * 1000).getTime())
  );
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
const sizeOf = ({ Source = "", DetailType = "", Detail = "", Resources = [], Time }: Entry): number =>
  Buffer.byteLength([Source, DetailType, Detail, ...Resources].join("")) + (Time === undefined ? 0 : 14);

const judgeEntry = (entry: Entry, { accountId, region }: Account, now: number): JudgedEntry => {
  const { Source, DetailType, Detail, EventBusName = "default", Resources = [], Time = now / 1000 } = entry;
  if (!Source) return missing("Source");
  if (!DetailType) return missing("DetailType");
  if (!Detail) return missing("Detail");
  // AWS keeps these for its own services.
  if (Source.startsWith("aws.")) {
    return { kind: "failed", code: "NotAuthorizedForSourceException", message: "Not authorized for the source." };
  }
  const detail = parseDetail(Detail);
  if (!isRecord(detail)) return { kind: "failed", code: "MalformedDetail", message: "Detail is malformed." };
  return {
    kind: "accepted",
    // An ARN ends with the name.
    busName: EventBusName.split(":event-bus/").at(-1) ?? EventBusName,
    event: {
      version: "0",
      id: randomUUID(),
      "detail-type": DetailType,
      source: Source,
      account: accountId,
      time: new Date(Time * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      region,
      resources: Resources,
      detail,
    },
  };
};

const missing = (name: string): JudgedEntry => ({
  kind: "failed",
  code: "InvalidArgument",
  message: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

const parseDetail = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
