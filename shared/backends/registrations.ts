import * as v from "valibot";
import { postgresRegistration } from "./postgres/registration.ts";
import { containments } from "./process/evidence.ts";
import { type BackendKind, backendKinds } from "./registry.ts";

/** What a registration says of the backend, for each kind. */
const registrations = {
  postgres: postgresRegistration,
  worker: v.strictObject({ kind: v.literal("worker") }),
  process: v.strictObject({
    kind: v.literal("process"),
    host: v.pipe(v.string("the name of a host"), v.regex(/^[\x21-\x7e]{1,255}$/, "the name of a host")),
    /** Of the supervisor, and when that began: a pid is used again. */
    pid: v.pipe(v.number("a process id"), v.integer("a process id"), v.minValue(1, "a process id")),
    startedAt: v.pipe(v.string("a time, RFC 3339"), v.isoTimestamp("a time, RFC 3339")),
    containment: v.picklist(containments, `one of ${containments.join(", ")}`),
  }),
} satisfies Readonly<Record<BackendKind, v.GenericSchema>>;

export const backendRegistration = v.variant(
  "kind",
  [registrations.worker, registrations.process, registrations.postgres],
  `one of ${backendKinds.join(", ")}`,
);
