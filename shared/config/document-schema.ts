import * as v from "valibot";
import { triggers } from "../domain/job.ts";
import { builtInPolicies } from "./built-in-policies.ts";

const name = v.pipe(v.string("a name"), v.minLength(1, "a name"));
const patterns = v.pipe(v.array(name, "a list of patterns"), v.minLength(1, "at least one pattern"));

/** What a client can put into a header. */
const visible = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, "printable ASCII characters, without blanks"));

/** JavaScript takes February 31 for March 3. */
const isOnCalendar = (time: string): boolean => {
  const [day = ""] = time.split("T");
  const start = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
};

const instant = v.pipe(
  v.string("a time, RFC 3339"),
  v.isoTimestamp("a time, RFC 3339"),
  v.check(isOnCalendar, "a day that the calendar has"),
);

const literalName = v.pipe(name, v.excludes("*", "a name: a * is no wildcard here and reaches nothing"));

const projects = v.array(literalName, "a list of projects or instances");

const limits = { expires: v.optional(instant), projects: v.optional(projects) };

const digestOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const token = v.union(
  [
    v.strictObject({
      value: visible,
      ...limits,
    }),
    v.strictObject({
      sha256: v.pipe(
        v.string(),
        v.regex(/^[0-9a-fA-F]{64}$/, "64 hex digits"),
        v.check((digest) => digest.toLowerCase() !== digestOfNothing, "the digest of a token: this is that of no text"),
      ),
      ...limits,
    }),
  ],
  "{value: printable ASCII} or {sha256: 64 hex digits of a text}, with expires (RFC 3339) and projects if wanted",
);

const principal = v.strictObject({
  name,
  account: v.optional(v.pipe(v.string("digits, as text"), v.regex(/^\d{1,32}$/, "digits, as text"))),
  accessKeys: v.optional(
    v.array(
      v.strictObject({ id: visible, secret: name, securityToken: v.optional(name), ...limits }),
      "a list of keys",
    ),
  ),
  tokens: v.optional(v.array(token, "a list of tokens")),
  triggers: v.optional(v.array(v.picklist(triggers, "http, queue or schedule"))),
  /** SQS's `SenderId`s: `AIDA…` of an IAM user, `AROA…:session` of a role, so mostly `AROA…:*`. */
  senders: v.optional(patterns),
  policies: v.array(
    v.strictObject({
      effect: v.picklist(["allow", "deny"], "allow or deny"),
      actions: patterns,
      resources: patterns,
      operations: v.optional(patterns),
      projects: v.optional(projects),
      secretRefs: v.optional(v.array(name, "a list of patterns")),
    }),
    "a list of policies",
  ),
});

const count = (expected: string, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(expected), v.integer(expected), v.minValue(1, expected), v.maxValue(most, expected));

const yearSeconds = 366 * 86_400;
const seconds = count("whole seconds from 1 to a year", yearSeconds);

const fraction = (expected: string) => v.pipe(v.number(expected), v.gtValue(0, expected), v.maxValue(1, expected));

const conditions = {
  maxRuntimeSeconds: v.exactOptional(seconds),
  heartbeatLost: v.exactOptional(v.literal(true, "true, or left out")),
};

const policy = v.pipe(
  v.strictObject({
    name: v.pipe(v.string("a name"), v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "a name of letters, digits, . - and _")),
    service: v.exactOptional(name),
    selector: v.exactOptional(
      v.strictObject({
        labels: v.exactOptional(v.record(v.string(), v.string("a text"))),
        jobType: v.exactOptional(name),
        project: v.exactOptional(name),
      }),
    ),
    ...conditions,
    action: v.picklist(["cancel", "report"], "cancel or report"),
    maxActionsPerRun: v.exactOptional(count("a whole number from 1")),
    maxActionsOfAllOwners: v.exactOptional(count("a whole number from 1")),
    maxFractionOfActive: v.exactOptional(fraction("more than 0, at most 1")),
  }),
  v.check(
    ({ name, maxRuntimeSeconds, heartbeatLost }) =>
      maxRuntimeSeconds !== undefined || heartbeatLost || builtInPolicies.some((policy) => policy.name === name),
    "a policy with maxRuntimeSeconds, heartbeatLost or both: without a condition it would cancel everything",
  ),
  v.check(
    ({ maxActionsPerRun = 0, maxActionsOfAllOwners = Number.POSITIVE_INFINITY }) =>
      maxActionsPerRun <= maxActionsOfAllOwners,
    "a policy whose maxActionsOfAllOwners is no less than its maxActionsPerRun",
  ),
);

const cleanup = v.strictObject({
  policies: v.exactOptional(
    v.pipe(
      v.array(policy, "a list of policies"),
      v.check((given) => new Set(given.map(({ name }) => name)).size === given.length, "policies of different names"),
    ),
  ),
});

const aPostgresUrl = "a URL such as postgres://role@host:5432/database";

const isPostgresUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== "" && url.username !== "";
};

const connection = v.pipe(
  v.strictObject({
    name: v.pipe(v.string("a name"), v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "a name of letters, digits, . - and _")),
    kind: v.literal("postgres", "postgres"),
    url: v.pipe(v.string(aPostgresUrl), v.check(isPostgresUrl, aPostgresUrl)),
    secretRef: v.exactOptional(name),
    mayDropIndexes: v.exactOptional(v.boolean("true or false")),
  }),
  v.check(
    ({ url, secretRef }) => secretRef === undefined || !URL.parse(url)?.password,
    "a connection with a secretRef or with a password in its url, not both",
  ),
);

export const documentSchema = v.strictObject({
  principals: v.array(principal, "a list of principals"),
  connections: v.exactOptional(v.array(connection, "a list of connections")),
  cleanup: v.exactOptional(cleanup),
  queues: v.exactOptional(v.strictObject({ tombstoneSeconds: v.exactOptional(seconds) })),
});

export type ConfigDocument = v.InferOutput<typeof documentSchema>;
