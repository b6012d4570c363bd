import * as v from "valibot";
import type { Instant } from "../domain/job.ts";
import { text } from "../validation/identifiers.ts";
import { parseJson } from "../validation/json.ts";
import { RequestRejected } from "../validation/request-error.ts";
import { validate } from "../validation/validate.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface CancelMessage {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly ifUnknown: "dead-letter" | "tombstone";
  readonly secretRef?: string;
  /** The earliest time that an envelope tells. */
  readonly askedAt?: Instant;
}

const cancelRequested = "dev.standdown.cancel.requested.v1";

const limitBytes = 64 * 1024;
/** SNS around EventBridge around a CloudEvent, and one to spare. */
const maxEnvelopes = 4;
const inEnvelope = "what is in the envelope";

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (least: number, most: number) => {
  const expected = `text of ${least} to ${most} characters`;
  return v.pipe(v.string(expected), v.minLength(least, expected), v.maxLength(most, expected));
};

/** `park` is an older word for `dead-letter`. */
const ifUnknown = v.pipe(
  v.picklist(["dead-letter", "tombstone", "park"], "dead-letter or tombstone"),
  v.transform((given) => (given === "park" ? "dead-letter" : given)),
);

const dataFor = (operation: string) =>
  v.strictObject({
    operation: v.literal(operation, `${operation}, whose queue this is`),
    parameters: v.custom<Members>(isObject, "an object of native parameters"),
    reason: v.exactOptional(textOf(0, 1024)),
    requestedBy: v.exactOptional(textOf(1, 256)),
    ifUnknown: v.exactOptional(ifUnknown, "dead-letter"),
    secretRef: v.exactOptional(text(/^[A-Za-z0-9][\w/+=.@-]{0,255}$/, "the name of a secret")),
  });

/** Reads the body of a message in any of its four forms. A body of two forms is refused, since either reading could cancel a job that was not meant. */
export const readCancelMessage = (body: string, operation: string): CancelMessage => {
  if (Buffer.byteLength(body) > limitBytes) throw new RequestRejected({ kind: "too-large", limitBytes });
  const times: Instant[] = [];
  const { operation: _, ...message } = validate(dataFor(operation), dataIn(parseJson(body, "the body"), times));
  return { ...message, ...(times.length > 0 ? { askedAt: Math.min(...times) } : {}) };
};

export const namedParameter = (
  { parameters, secretRef }: CancelMessage,
  { secretParameter }: { readonly secretParameter?: string },
): string | undefined => {
  if (secretRef === undefined) return undefined;
  if (secretParameter === undefined) throw invalidSecretRef("left out: jobs of this service have no secret");
  if (Object.hasOwn(parameters, secretParameter)) throw invalidSecretRef("left out where the secret is given itself");
  return secretParameter;
};

export const invalidSecretRef = (expected: string) =>
  new RequestRejected({ kind: "invalid", issues: [{ parameter: "secretRef", rule: "invalid", expected }] });

/** Returns the bare data, and adds the times of its envelopes to `times`. */
const dataIn = (content: unknown, times: Instant[], opened = 0): Members => {
  if (opened > maxEnvelopes) throw malformed("the message is in too many envelopes");
  const what = opened === 0 ? "the body" : inEnvelope;
  if (!isObject(content)) throw malformed(`${what} is not a JSON object`);
  const [form, another] = forms.filter(({ mark }) => Object.hasOwn(content, mark));
  if (form === undefined) throw malformed(`${what} is none of the four forms of a message`);
  if (another !== undefined) throw malformed(`${what} is of two forms at once: ${form.mark} and ${another.mark}`);
  if (form.open === undefined) return content;
  const time = Date.parse(String(form.time === undefined ? undefined : content[form.time]));
  // Some give whole seconds: the last millisecond of them counts.
  if (!Number.isNaN(time)) times.push(time % 1000 === 0 ? time + 999 : time);
  return dataIn(form.open(content), times, opened + 1);
};

interface Form {
  readonly mark: string;
  readonly open?: (envelope: Members) => unknown;
  /** The member with the time at which the event or notification was made, by its sender or the service in between. */
  readonly time?: string;
}

const openCloudEvent = (event: Members): unknown => {
  const { specversion, id, source, type, datacontenttype = "application/json" } = event;
  if (specversion !== "1.0" || !isText(id) || !isText(source))
    throw malformed("a CloudEvent must have an id, a source and the specversion 1.0");
  if (type !== cancelRequested) throw malformed(`the type of the CloudEvent must be ${cancelRequested}`);
  if (typeof datacontenttype !== "string" || !jsonType.test(datacontenttype))
    throw malformed("the datacontenttype of the CloudEvent must be that of JSON");
  if (!Object.hasOwn(event, "data_base64")) return event.data;
  if (Object.hasOwn(event, "data")) throw malformed("the CloudEvent has both data and data_base64");
  return parseJson(decodeBase64(event.data_base64), inEnvelope);
};

const jsonType = /^(application\/|[\w.-]+\/[\w.+-]+\+)json\s*(;|$)/i;

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Decodes strictly: `Buffer` skips characters that it does not know, and any repair could cancel another job. */
const decodeBase64 = (encoded: unknown): string => {
  const bytes = Buffer.from(typeof encoded === "string" ? encoded : "", "base64");
  if (bytes.toString("base64") !== encoded) throw malformed("the data_base64 of the CloudEvent is not base64");
  return decodeUtf8(bytes);
};

const openNotification = ({ Type, Message }: Members): unknown => {
  if (Type !== "Notification" || typeof Message !== "string")
    throw malformed("an SNS envelope must have the Type Notification and a Message of text");
  return parseJson(Message, inEnvelope);
};

const forms: readonly Form[] = [
  { mark: "operation" },
  { mark: "specversion", open: openCloudEvent, time: "time" },
  { mark: "detail-type", open: ({ detail }) => detail, time: "time" },
  { mark: "Type", open: openNotification, time: "Timestamp" },
];

const malformed = (detail: string) => new RequestRejected({ kind: "malformed", detail });
