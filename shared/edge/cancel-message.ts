import * as v from "valibot";
import { Refusal } from "../validation/failure.ts";
import { text } from "../validation/identifiers.ts";
import { validate } from "../validation/validate.ts";

/** A cancel as a queue message asks for it, out of its envelopes. */
export interface CancelMessage {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly ifUnknown: "park" | "tombstone";
  readonly secretRef?: string;
}

export const cancelRequested = "dev.standdown.cancel.requested.v1";

const limitBytes = 64 * 1024;
/** SNS around EventBridge around a CloudEvent, and one to spare. */
const mostEnvelopes = 4;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shortText = (most: number) => {
  const expected = `text of 1 to ${most} characters`;
  return v.pipe(v.string(expected), v.minLength(1, expected), v.maxLength(most, expected));
};

const dataFor = (operation: string) =>
  v.strictObject({
    operation: v.literal(operation, `${operation}, whose queue this is`),
    parameters: v.custom<Record<string, unknown>>(isObject, "an object of native parameters"),
    reason: v.exactOptional(shortText(1024)),
    requestedBy: v.exactOptional(shortText(256)),
    ifUnknown: v.exactOptional(v.picklist(["park", "tombstone"], "park or tombstone"), "park"),
    secretRef: v.exactOptional(text(/^[A-Za-z0-9][\w/+=.@-]{0,255}$/, "the name of a password")),
  });

/**
 * Reads the body of a message: a CloudEvent, its bare data, or an EventBridge or SNS envelope around either. Refuses
 * what is none of them, and what does not ask for this operation.
 */
export const readCancelMessage = (body: string, operation: string): CancelMessage => {
  if (Buffer.byteLength(body) > limitBytes) throw new Refusal({ kind: "too-large", limitBytes });
  let content = parse(body);
  for (let opened = 0; ; opened++) {
    const inner = open(content);
    if (inner === content) break;
    if (opened === mostEnvelopes) throw malformed("the message is in too many envelopes");
    content = inner;
  }
  const { operation: _, ...message } = validate(dataFor(operation), content);
  return message;
};

/** What is in an envelope; the content itself where it is none. The bare data has an `operation`, no envelope has. */
const open = (content: unknown): unknown => {
  if (!isObject(content)) throw malformed("the body is not a JSON object");
  if ("operation" in content) return content;
  if ("specversion" in content) return openCloudEvent(content);
  if ("detail-type" in content) return content.detail;
  if (content.Type === "Notification" && typeof content.Message === "string") return parse(content.Message);
  throw malformed("the body is none of the four forms of a message");
};

const openCloudEvent = ({
  specversion,
  id,
  source,
  type,
  datacontenttype,
  data,
  data_base64,
}: Record<string, unknown>) => {
  if (specversion !== "1.0" || !isText(id) || !isText(source) || !isText(type))
    throw malformed("the event is not a CloudEvent of version 1.0");
  if (type !== cancelRequested) throw malformed(`the type of the event must be ${cancelRequested}`);
  if (datacontenttype !== undefined && !/^application\/([\w.-]+\+)?json *(;|$)/i.test(String(datacontenttype)))
    throw malformed("the data of the event must be JSON");
  return typeof data_base64 === "string" ? parse(Buffer.from(data_base64, "base64").toString()) : data;
};

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** The parser's own errors repeat what they do not understand. */
const parse = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed("the body is not JSON");
  }
};

const malformed = (detail: string) => new Refusal({ kind: "malformed", detail });
