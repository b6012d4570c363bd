import * as v from "valibot";

const connectionName = /^[A-Za-z0-9][\w.-]{0,63}$/;
const aConnection = "the name of a connection of the configuration";
const aProcess = "the process id of a session";
const aStart = "the session's backend_start, as PostgreSQL writes it";
const aName = "the name of an index, with its schema where that is in no search path";

/** What a registration says of a session: its `pg_backend_pid()`, and the `backend_start` of `pg_stat_activity`. */
export const postgresRegistration = v.strictObject({
  kind: v.literal("postgres"),
  connection: v.pipe(v.string(aConnection), v.regex(connectionName, aConnection)),
  pid: v.pipe(v.number(aProcess), v.integer(aProcess), v.minValue(1, aProcess), v.maxValue(2 ** 31 - 1, aProcess)),
  backendStart: v.pipe(
    v.string(aStart),
    v.regex(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:?\d\d)?|Z)$/, aStart),
  ),
  /** The index that the session builds. */
  index: v.exactOptional(v.pipe(v.string(aName), v.regex(/^[^\p{Cc}]{1,200}$/u, aName))),
  dropInvalidIndex: v.exactOptional(v.literal(true, "true, or left out")),
});

export type PostgresRegistration = v.InferOutput<typeof postgresRegistration>;
