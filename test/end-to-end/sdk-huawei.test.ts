import { beforeAll, describe, expect, test } from "vitest";
import type { JobRegistration } from "../../packages/client/src/registration.ts";
import { type StandingState, useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients, huaweiRefusalOf, type RestCall } from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dds, dli, ges, type RestService } from "../support/sdk/sdk-huawei-services.ts";
import type { Kind, Who } from "../support/sdk/sdk-keys.ts";

const { endpoint, jobs, jobIn } = useStanddownWithKeys();

type Fault = readonly [status: number, code: string, words: string];

interface Refused {
  readonly what: string;
  readonly service: RestService;
  readonly state?: StandingState;
  readonly jobType?: string;
  readonly who?: Who;
  readonly call?: (jobId: string) => RestCall;
  /** Where it is not the same for signatures and tokens, both. */
  readonly fault: ((jobId: string) => Fault) | Readonly<Record<"signature" | "token", Fault>>;
  /** What an error body has besides. */
  readonly more?: object;
}

const about = (service: RestService, jobId: string) => () => cancelOf(service, jobId);
const routeOf = (service: RestService) => (jobId: string) => ({
  ...cancelOf(service, jobId),
  path: service.path.replace("jobs/", "nothing/"),
});
const always =
  (...fault: Fault) =>
  () =>
    fault;

const gesStates = { succeeded: "success", failed: "failed", cancelled: "failed" } as const;
const ddsStates = { running: "Running", succeeded: "Completed", failed: "Failed", cancelled: "Canceled" } as const;
const dliStates = { succeeded: "FINISHED", failed: "FAILED", cancelled: "CANCELLED" } as const;
const statesOf = <Names extends object>(names: Names) =>
  Object.entries(names) as [keyof Names & StandingState, string][];

const noRoute: Fault = [404, "APIGW.0101", "The API does not exist or has not been published in the environment."];
const unauthorized: Fault = [403, "APIGW.0302", "The IAM user is not authorized to access the API."];
const noKey: Fault = [
  401,
  "APIGW.0301",
  "Incorrect IAM authentication information: Get secretKey failed, err: ak not exist",
];
const hyphens = "1 to 64 letters, digits and hyphens";

const refused: readonly Refused[] = [
  {
    what: "an invalid job id",
    service: ges,
    call: about(ges, "not.an.id"),
    fault: always(
      400,
      "GES.8005",
      "Incorrect parameter: job_id must be 1 to 64 letters, digits, underscores and hyphens.",
    ),
  },
  {
    what: "an unknown job",
    service: ges,
    call: about(ges, "unknown"),
    fault: always(400, "GES.8303", "can not find job to cancel, id is unknown"),
  },
  {
    what: "the status of an unknown job",
    service: ges,
    call: () => ges.read("unknown"),
    fault: always(400, "GES.8301", "can not find job, jobId is unknown"),
    more: { result: "failed" },
  },
  ...statesOf(gesStates).map(([state, name]) => ({
    what: `a job that is ${state}`,
    service: ges,
    state,
    fault: (id: string): Fault => [400, "GES.8303", `can not cancel job, id is ${id}, status is ${name}`],
  })),
  {
    what: "a type that is not cancelled",
    service: ges,
    jobType: "import-graph",
    fault: always(400, "GES.8303", "Unsupported Operation"),
  },
  { what: "an unknown key or token", service: ges, who: "stranger", fault: always(401, "GES.8007", "Invalid token.") },
  {
    what: "somebody without permission",
    service: ges,
    who: "guest",
    fault: always(403, "GES.8020", "The current user does not have permission."),
  },
  { what: "an unknown route", service: ges, call: routeOf(ges), fault: always(...noRoute) },

  {
    what: "an invalid job id",
    service: dds,
    call: about(dds, "not_an_id"),
    fault: always(400, "DBS.280001", `Parameter error: job_id must be ${hyphens}.`),
  },
  {
    what: "an invalid project",
    service: dds,
    call: (id) => ({ ...cancelOf(dds, id), project: "not-a-project" }),
    fault: always(400, "DBS.280408", "Invalid project id."),
  },
  {
    what: "an invalid page of the list",
    service: dds,
    call: (id) => ({ ...dds.read(id), query: { limit: 101 } }),
    fault: always(400, "DBS.280439", "Invalid limit."),
  },
  {
    what: "an unknown task",
    service: dds,
    call: about(dds, "unknown"),
    fault: always(404, "DBS.280016", "Resource not found."),
  },
  ...statesOf(ddsStates).map(([state, name]) => ({
    what: `a task that is ${state}`,
    service: dds,
    state,
    fault: (id: string): Fault => [403, "DBS.280042", `Invalid request: the task ${id} is ${name}.`],
  })),
  {
    what: "an unknown key or token",
    service: dds,
    who: "stranger",
    fault: {
      signature: noKey,
      token: [401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"],
    },
  },
  { what: "somebody without permission", service: dds, who: "guest", fault: always(...unauthorized) },
  { what: "an unknown route", service: dds, call: routeOf(dds), fault: always(...noRoute) },

  {
    what: "an invalid job id",
    service: dli,
    call: about(dli, "not_an_id"),
    fault: always(400, "DLI.0001", `Parameter check errors occur: job_id must be ${hyphens}.`),
  },
  ...[about(dli, "unknown"), () => dli.read("unknown")].map((call, i) => ({
    what: i === 0 ? "an unknown job" : "the status of an unknown job",
    service: dli,
    call,
    fault: always(400, "DLI.0002", "The job unknown does not exist."),
  })),
  ...statesOf(dliStates).map(([state, name]) => ({
    what: `a job that is ${state}`,
    service: dli,
    state,
    fault: (id: string): Fault => [400, "DLI.0007", `The job ${id} is ${name}: the operation is not supported.`],
  })),
  {
    what: "a type that is not cancelled",
    service: dli,
    jobType: "SCALE_QUEUE",
    fault: always(400, "DLI.0007", "The operation is not supported for jobs of this type."),
  },
  {
    what: "an unknown key or token",
    service: dli,
    who: "stranger",
    fault: {
      signature: noKey,
      token: [400, "DLI.0015", "Token parsing error: the token is unknown or has expired."],
    },
  },
  { what: "somebody without permission", service: dli, who: "guest", fault: always(...unauthorized) },
  { what: "an unknown route", service: dli, call: routeOf(dli), fault: always(...noRoute) },
];

/** The job that a refused request is about. It is the same for all clients, since a refusal has no effect. */
const standing = new Map<Refused, { readonly uid: string; readonly jobId: string; readonly state: string }>();
beforeAll(async () => {
  for (const row of refused) {
    const { service, jobType } = row;
    const registration = { ...service.registration, ...(jobType && { jobType }) } as JobRegistration;
    const state = row.state ?? (service === dds ? "queued" : "running");
    standing.set(row, { ...(await jobIn(state, registration)), state });
  }
});

/** What the client understands of an error body: nothing of GES's, so that its caller has the status alone. */
const understood = ({ name }: RestService, [status, errorCode, errorMsg]: Fault) =>
  name === "GES"
    ? { errorCode: undefined, errorMsg: `Request failed with status code ${status}` }
    : { errorCode, errorMsg };

const readBody = ({ name }: RestService, [, code, words]: Fault) =>
  name === "GES" ? { errorCode: code, errorMessage: words } : { error_code: code, error_msg: words };

const faultFor = ({ fault }: Refused, kind: Kind, jobId: string): Fault =>
  typeof fault === "function" ? fault(jobId) : fault[kind === "token" ? "token" : "signature"];

describe.each(huaweiClients)("$name", (client) => {
  test.concurrent.each([ges, dds, dli])("cancels a job of $name and reads its state", async (service) => {
    const { jobId } = await jobIn(service === dds ? "queued" : "running", service.registration);
    const call = (what: RestCall) => client.call(endpoint(), "owner", what);

    expect(await call(cancelOf(service, jobId))).toEqual(service.cancelled);
    const seen = await call(service.read(jobId));
    const stopping = { GES: "running", DDS: "Canceled", DLI: "RUNNING" };
    expect(service.stateIn(seen, jobId)).toBe(stopping[service.name]);

    // While the work stops, asking again is no mistake. A task that waited is cancelled at once, and then it is one.
    const again = call(cancelOf(service, jobId));
    if (service !== dds) expect(await again).toEqual(service.cancelled);
    else expect((await huaweiRefusalOf(again)).errorCode).toBe("DBS.280042");
  });

  test.concurrent.each(refused)("reports $what of $service.name", async (row) => {
    const { service, who = "owner", call = (id) => cancelOf(service, id) } = row;
    const { uid, jobId, state } = standing.get(row) ?? { uid: "", jobId: "", state: "" };

    const report = await huaweiRefusalOf(client.call(endpoint(), who, call(jobId)));

    const fault = faultFor(row, client.kind, jobId);
    expect(report).toEqual({
      name: "ClientRequestException",
      httpStatusCode: fault[0],
      ...understood(service, fault),
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      body: { ...readBody(service, fault), ...row.more },
    });
    expect((await jobs.job(uid)).state).toBe(state);
  });
});
