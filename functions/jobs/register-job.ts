import { createHash } from "node:crypto";
import { authorize } from "../../shared/auth/authorize.ts";
import { permissionFor } from "../../shared/auth/job-permission.ts";
import { decideTakeover } from "../../shared/domain/decide-takeover.ts";
import { isForeign, isTerminal, type Job } from "../../shared/domain/job.ts";
import { jobKey, jobUid } from "../../shared/domain/job-key.ts";
import { keyedRegistration } from "../../shared/domain/registration-id.ts";
import { secretHash } from "../../shared/domain/secret-hash.ts";
import type { HttpRequest } from "../../shared/entrypoints/http-request.ts";
import { readJson } from "../../shared/entrypoints/json-body.ts";
import { applyExpiry } from "../../shared/operations/apply-decision.ts";
import type { Service } from "../../shared/operations/define.ts";
import { validate } from "../../shared/validation/validate.ts";
import { findService } from "../registry.ts";
import type { Call, Endpoint } from "./endpoint.ts";
import { ofService, type Registration, registration, registrationFor, registrationHeaders } from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { jobView } from "./views.ts";

export const registerJob: Endpoint = {
  method: "POST",
  path: "/jobs",
  action: "RegisterJob",
  summary: "Register a job",
  body: { name: "Registration", schema: registration, required: true },
  headers: registrationHeaders.entries,
  responses: { 201: { description: "The job", name: "Job", schema: responses.job } },
  problems: [400, 401, 403, 409, 410, 413, 415, 429, 503],
  perform: async (call) => {
    const { request, services, principal } = call;
    const { given, service } = readRegistration(request);
    const owner = service.owner(given.scope);
    authorize(principal, permissionFor("RegisterJob", service.name, owner));

    const job = await jobFrom(given, service, call);
    const registration = registrationId(call, job.jobId);
    let result = await services.jobs.register(job, registration);
    if (result.job && !result.registered && (await makeWay(result.job, call)))
      result = await services.jobs.register(job, registration);
    if (isForeign(result.job ?? result.tombstone, principal.account)) return { kind: "id-taken" };
    if (result.registered) {
      const { state, cancellation } = result.job;
      if (state === "cancelled" && cancellation) return { kind: "already-cancelled", job: result.job, cancellation };
      const headers = { Location: `/jobs/${result.job.uid}` };
      return { kind: "ok", status: 201, body: jobView(result.job), headers, job: result.job };
    }
    if (result.tombstone) return { kind: "cancelled-before-start", tombstone: result.tombstone };
    return { kind: "job-already-active", job: result.job };
  },
};

/** Ends the active job whose worker is presumed to have stopped, or is replaced by this one. */
const makeWay = async (standing: Job, { services, principal }: Call): Promise<boolean> => {
  const { jobs, clock } = services;
  if (isForeign(standing, principal.account)) return false;
  const job = await applyExpiry(jobs, standing, clock.now());
  if (isTerminal(job.state)) return true;
  const takeover = decideTakeover(job, principal.name, clock.now());
  return takeover !== undefined && (await jobs.changeIncarnation(job.uid, takeover)).applied;
};

const readRegistration = (request: HttpRequest) => {
  const body = readJson(request);
  const { service: name } = validate(ofService, body);
  const service = findService(name);
  return { service, given: validate(registrationFor(service), body) };
};

const jobFrom = async (given: Registration, service: Service, call: Call): Promise<Job> => {
  const { scope, jobType, state, labels, heartbeatTimeoutSeconds, maxRuntimeSeconds, maxQueuedSeconds, graceSeconds } =
    given;
  const { services, principal } = call;
  const now = services.clock.now();
  const jobId = given.jobId ?? makeJobId(call);
  const key = jobKey(service.name, service.identity(scope), jobId);
  const job: Job = {
    uid: jobUid(now, key),
    service: service.name,
    scope: scope as Job["scope"],
    owner: service.owner(scope),
    jobId,
    jobType,
    state,
    backend: given.backend,
    labels,
    registeredBy: principal.name,
    registeredAt: now,
    heartbeatAt: now,
    heartbeatTimeoutSeconds,
    graceSeconds,
    ...(principal.account === undefined ? {} : { account: principal.account }),
    ...(state === "running" ? { startedAt: now } : {}),
    ...(maxRuntimeSeconds === undefined ? {} : { maxRuntimeSeconds }),
    ...(maxQueuedSeconds === undefined ? {} : { maxQueuedSeconds }),
    ...(service.counted ? { counted: true } : {}),
    ...(given.secret ? { secretHash: await secretHash(given.secret, key) } : {}),
  };
  return job;
};

const registrationId = (call: Call, jobId: string): string => {
  const key = keyOf(call);
  return key === undefined ? call.services.ids.writeId() : keyedRegistration(call.principal.name, jobId, key);
};

/** The same Idempotency-Key gives the same id. */
const makeJobId = (call: Call): string => {
  const key = keyOf(call);
  if (key === undefined) return call.services.ids.jobId();
  return createHash("sha256").update(`${call.principal.name} ${key}`).digest("hex").slice(0, 32);
};

const keyOf = ({ request }: Call): string | undefined =>
  validate(registrationHeaders, { "Idempotency-Key": request.header("idempotency-key") })["Idempotency-Key"];
