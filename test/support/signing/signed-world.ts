import { afterAll, beforeAll, expect } from "vitest";
import { parseConfig } from "../../../shared/config/document.ts";
import { type CancelRequest, callJobApi, registerJob } from "../requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle, project, type Received } from "../stack/bundle.ts";
import { now } from "../stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../stack/jobs-table.ts";
import { encodeFields, type Message, readBody } from "./signer.ts";
import type { Client, Key, Signed, Signing } from "./signing-clients.ts";

export const instance = "gp-bp1234567890";

/** What the configuration makes of each key stands in its name. */
export const keys = {
  good: { id: "good-ak", secret: "good-sk" },
  other: { id: "other-ak", secret: "other-sk" },
  unknown: { id: "unknown-ak", secret: "unknown-sk" },
  temporary: { id: "temporary-ak", secret: "temporary-sk", token: "CAISfakeSTStoken+/=withSpecials" },
  expired: { id: "expired-ak", secret: "expired-sk" },
  lasting: { id: "lasting-ak", secret: "lasting-sk" },
  ofThisProject: { id: "this-project-ak", secret: "this-project-sk" },
  ofAnotherProject: { id: "another-project-ak", secret: "another-project-sk" },
  barred: { id: "barred-ak", secret: "barred-sk" },
} satisfies Readonly<Record<string, Key>>;

const keyOf = ({ id, secret, token }: Key, limits: object = {}) => ({
  id,
  secret,
  ...(token && { securityToken: token }),
  ...limits,
});

const everything = [{ effect: "allow", actions: ["*"], resources: ["*"] }];

const document = parseConfig(
  "the test",
  JSON.stringify({
    principals: [
      { name: "ops", tokens: [{ value: "ops-token" }], policies: everything },
      {
        name: "signer",
        policies: everything,
        accessKeys: [
          keyOf(keys.good),
          keyOf(keys.other),
          keyOf(keys.temporary),
          keyOf(keys.expired, { expires: new Date(now).toISOString() }),
          keyOf(keys.lasting, { expires: new Date(now + 1).toISOString() }),
          keyOf(keys.ofThisProject, { projects: [project, instance] }),
          keyOf(keys.ofAnotherProject, { projects: ["another"] }),
        ],
      },
      { name: "events", triggers: ["queue", "schedule"], policies: everything, accessKeys: [keyOf(keys.barred)] },
    ],
  }),
);

/** A bundle that knows the keys, on a table of its own for all tests of a file. Its clock stands. */
export const useSignedBundle = (): InProcessBundle => {
  let started: JobsTable | undefined;
  const table = (): JobsTable => {
    if (!started) throw new Error("the table is not there yet");
    return started;
  };
  beforeAll(async () => {
    started = await startJobsTable();
  });
  afterAll(() => started?.stop());
  return inProcessBundle(
    {
      get jobs() {
        return table().jobs;
      },
      get dueQueue() {
        return table().dueQueue;
      },
      get lockouts() {
        return table().lockouts;
      },
      get nonces() {
        return table().nonces;
      },
    },
    document,
  );
};

let serial = 0;

/** An address that nothing came from before: wrong signatures of one test must not lock the key of the next. */
export const newSource = (): string => `192.0.2.${++serial}`;

export const newNonce = (): string => `nonce-${++serial}`;

export const sendMessage = (
  bundle: InProcessBundle,
  message: Message,
  { source = newSource(), url = (text) => text }: { source?: string; url?: (text: string) => string } = {},
): Promise<Received> => {
  const query = encodeFields(message.query);
  return bundle.send(message.method, url(query ? `${message.path}?${query}` : message.path), {
    headers: { ...message.headers },
    body: readBody(message),
    source,
  });
};

/** A scheme, and the usual request of an operation that takes it. */
export interface Subject {
  readonly name: string;
  readonly client: Client;
  readonly operation: CancelRequest;
  readonly usual: (jobId: string) => Message;
  readonly answers: Readonly<Record<Outcome, Expected>>;
}

export type Outcome =
  | "accepted"
  | "missing"
  | "malformed"
  | "unsupported"
  | "unknown key"
  | "unknown token"
  | "no time"
  | "malformed time"
  | "expired"
  | "wrong security token"
  | "mismatch"
  | "nonce used"
  | "locked"
  | "forbidden"
  | "unreadable"
  | "no such API";

/** Status, error code, and what the message must say: some gateways have one code for all of it. */
export type Expected = readonly [status: number, code: string | undefined, message: RegExp];

/** One request, how it differs from the usual one before it is signed and after, and what must come of it. */
export interface Case {
  readonly name: string;
  /** What the client signs. */
  readonly asks?: (usual: Message) => Message;
  readonly signing?: Partial<Signing>;
  /** What becomes of it on the way. */
  readonly arrives?: (sent: Message) => Message;
  /** The same for the URL as text. */
  readonly url?: (sent: string) => string;
  readonly outcome: Outcome;
}

export const signed = (
  { client, usual }: Pick<Subject, "client" | "usual">,
  jobId: string,
  { asks = (message) => message, signing = {} }: Pick<Case, "asks" | "signing"> = {},
): Signed => client(asks(usual(jobId)), { key: keys.good, at: now, nonce: newNonce(), ...signing });

/** Registers a job that stays as it is for the length of a test. */
export const aLastingJob = (bundle: InProcessBundle, { operation }: Pick<Subject, "operation">) =>
  registerJob(bundle, operation, operation.service === "dds" ? "queued" : "running", {
    heartbeatTimeoutSeconds: 86_400,
    graceSeconds: 86_400,
  });

export const expectAnswer = ({ status, body, text }: Received, [expected, code, message]: Expected): void => {
  const given = body.Code ?? body.error_code ?? body.errorCode ?? body.code;
  expect({ status, code: given, text }).toEqual({ status: expected, code, text: expect.stringMatching(message) });
};

/** Sends the request of a case; asserts its answer, and that the job was cancelled or else left alone. */
export const expectOutcome = async (bundle: InProcessBundle, subject: Subject, given: Case): Promise<void> => {
  const { jobId, uid } = await aLastingJob(bundle, subject);
  const { arrives = (message: Message) => message, url = (text: string) => text, outcome } = given;
  const { message } = signed(subject, jobId, given);
  const before = await callJobApi(bundle, "GET", `/jobs/${uid}`);
  expectAnswer(await sendMessage(bundle, arrives(message), { url }), subject.answers[outcome]);
  const { body } = await callJobApi(bundle, "GET", `/jobs/${uid}`);
  const cancelled = subject.operation.service === "dds" ? "cancelled" : "stopping";
  expect(body.state).toBe(outcome === "accepted" ? cancelled : before.body.state);
};
