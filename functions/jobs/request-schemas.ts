import * as v from "valibot";
import { containments } from "../../shared/backends/process/evidence.ts";
import { backendRegistration } from "../../shared/backends/registrations.ts";
import { assurances, cancellationOutcomes, jobStates, terminalStates } from "../../shared/domain/job.ts";
import type { Service } from "../../shared/operations/define.ts";
import { namespacePassword, text } from "../../shared/validation/identifiers.ts";
import { knownServices } from "../registry.ts";

const day = 86_400;

const seconds = (minimum: number, maximum: number) => {
  const expected = `whole seconds from ${minimum} to ${maximum}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(minimum, expected), v.maxValue(maximum, expected));
};

const shortText = (maximum: number) => {
  const expected = `text of at most ${maximum} characters`;
  return v.pipe(v.string(expected), v.maxLength(maximum, expected));
};

const labelName = text(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, "a label name of 1 to 63 letters, digits and ._/-");

const labels = v.pipe(
  v.record(labelName, shortText(128), "an object of names and texts"),
  v.check((given) => Object.keys(given).length <= 16, "at most 16 labels"),
);

export const registrationFor = (service: Service) =>
  v.strictObject({
    service: v.literal(service.name),
    scope: service.scope,
    jobId: v.exactOptional(service.jobId),
    jobType: v.exactOptional(
      service.jobType ?? v.picklist(service.jobTypes, `one of ${service.jobTypes.join(", ")}`),
      service.jobTypes[0],
    ),
    state: v.exactOptional(v.picklist(["queued", "running"], "queued or running"), "running"),
    backend: v.exactOptional(backendRegistration, { kind: "worker" }),
    heartbeatTimeoutSeconds: v.exactOptional(seconds(1, 7 * day), 300),
    maxRuntimeSeconds: v.exactOptional(seconds(1, 366 * day)),
    maxQueuedSeconds: v.exactOptional(seconds(1, 366 * day)),
    graceSeconds: v.exactOptional(seconds(0, 7 * day), 30),
    labels: v.exactOptional(labels, {}),
    secret: v.exactOptional(service.takesSecret ? namespacePassword : v.never()),
  });

export const registration = v.union(knownServices.map(registrationFor));

export type Registration = v.InferOutput<ReturnType<typeof registrationFor>>;

const names = knownServices.map(({ name }) => name);

export const ofService = v.looseObject({ service: v.picklist(names, `one of ${names.join(", ")}`) });

export const heartbeat = v.strictObject({
  /** Takes a queued job into work. */
  state: v.exactOptional(v.literal("running", "running, or left out")),
});

export const finish = v.strictObject({
  outcome: v.picklist(terminalStates, "succeeded, failed or cancelled"),
  error: v.exactOptional(shortText(1024)),
  residue: v.exactOptional(v.pipe(v.array(shortText(256)), v.maxLength(16, "at most 16 texts"))),
  /** Of a supervisor: how the command ended, and in what nothing of it was left. */
  exit: v.exactOptional(
    v.strictObject({
      code: v.exactOptional(
        v.pipe(v.number("0 to 255"), v.integer("0 to 255"), v.minValue(0, "0 to 255"), v.maxValue(255, "0 to 255")),
      ),
      signal: v.exactOptional(text(/^SIG[A-Z0-9]{1,12}$/, "the name of a signal")),
    }),
  ),
  containment: v.exactOptional(v.picklist(containments, `one of ${containments.join(", ")}`)),
});

export const cancellation = v.strictObject({ reason: v.exactOptional(shortText(1024)) });

const service = v.picklist(names, `one of ${names.join(", ")}`);
/** What owns the jobs. */
const project = text(/^[0-9A-Za-z._-]{1,64}$/, "a project, instance, workspace or namespace");
/** The service's own id. */
const nativeId = text(/^[\x20-\x7e]{1,200}$/, "an id of 1 to 200 printable characters");

export const receiptQuery = v.strictObject({ service, project: v.exactOptional(project), jobId: nativeId });

export const listing = v.strictObject({
  service: v.exactOptional(service),
  project: v.exactOptional(project),
  state: v.exactOptional(v.picklist(jobStates, "a state")),
  jobId: v.exactOptional(nativeId),
  /** What became of the cancellation; `stopping` and `not-stopped` are found without reading other jobs. */
  outcome: v.exactOptional(v.picklist(cancellationOutcomes, `one of ${cancellationOutcomes.join(", ")}`)),
  assurance: v.exactOptional(v.picklist(assurances, `one of ${assurances.join(", ")}`)),
  label: v.exactOptional(text(/^[^=]{1,63}(=.{0,128})?$/s, "name or name=value")),
  cursor: v.exactOptional(text(/^[\w-]{1,1024}$/, "the cursor of a page before")),
  limit: v.exactOptional(
    v.pipe(text(/^\d{1,3}$/, "1 to 100"), v.transform(Number), v.minValue(1, "1 to 100"), v.maxValue(100, "1 to 100")),
    "50",
  ),
});

const idempotencyKey = v.optional(text(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters"));

export const registrationHeaders = v.object({ "Idempotency-Key": idempotencyKey });
