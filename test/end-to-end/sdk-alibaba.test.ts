import { beforeAll, describe, expect, test } from "vitest";
import { alibabaClients, refusalOf, upperCaseUuid } from "../support/sdk/sdk-alibaba.ts";
import { type Asked, callOf, createIndex, type RpcOperation, uploadDocument } from "../support/sdk/sdk-analyticdb.ts";
import { type StandingState, useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import type { Who } from "../support/sdk/sdk-keys.ts";

const { endpoint, jobs, jobIn } = useStanddownWithKeys();

const operations = [createIndex, uploadDocument];
const success = { RequestId: upperCaseUuid, Message: "success", Status: "success" };

interface Refused {
  readonly what: string;
  readonly operation?: RpcOperation;
  readonly state?: StandingState;
  /** Asks for another job than the one that is there. */
  readonly unknownJob?: boolean;
  readonly who?: Who;
  readonly asked?: Asked;
  readonly fault: readonly [status: number, code: string, words: string];
  readonly accessDenied?: object;
}

const missing = (parameter: string): Refused["fault"] => [
  400,
  "MissingParameter",
  `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
];
const tooLate = (state: string): Refused["fault"] => [
  403,
  "OperationDenied.JobStatus",
  `The job is ${state} and cannot be cancelled.`,
];
const notFound = "Specified api is not found, please check your url and method.";
const unauthorized = "User not authorized to operate on the specified resource.";

const refused: readonly Refused[] = [
  ...operations.map((operation) => ({
    what: `an empty ${operation.cancel}`,
    operation,
    asked: { empty: true },
    fault: missing(operation.firstParameter),
  })),
  { what: "an empty parameter", asked: { parameters: { Collection: "" } }, fault: missing("Collection") },
  {
    what: "an invalid parameter",
    asked: { parameters: { JobId: "not a job id!" } },
    fault: [
      400,
      "InvalidParameter",
      'The specified parameter "JobId" is not valid: it must be 1 to 64 letters, digits and hyphens.',
    ],
  },
  { what: "an unknown job", unknownJob: true, fault: [404, "Job.NotFound", "The specified job does not exist."] },
  { what: "a job that has succeeded", state: "succeeded", fault: tooLate("Success") },
  { what: "a job that has failed", state: "failed", fault: tooLate("Failed") },
  ...operations.map((operation) => ({
    what: `a job cancelled before, for ${operation.cancel}`,
    operation,
    state: "cancelled" as const,
    fault: tooLate("Cancelled"),
  })),
  ...operations.map((operation) => ({
    what: `a wrong namespace password for ${operation.cancel}`,
    operation,
    asked: { parameters: { NamespacePassword: "another" } },
    fault: [
      500,
      "AccountOrPassword.VerificationError",
      "verification account name or password failed, please check.",
    ] as const,
  })),
  {
    what: "an unknown key or token",
    who: "stranger",
    fault: [404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."],
  },
  ...operations.map((operation) => ({
    what: `somebody without permission for ${operation.cancel}`,
    operation,
    who: "guest" as const,
    fault: [403, "Forbidden.RAM", unauthorized] as const,
    accessDenied: {
      AuthAction: `gpdb:${operation.cancel}`,
      AuthPrincipalType: "SubUser",
      NoPermissionType: "ImplicitDeny",
      PolicyType: "AccountLevelIdentityBasedPolicy",
    },
  })),
  { what: "an unknown action", asked: { action: "CancelNothing" }, fault: [404, "InvalidApi.NotFound", notFound] },
  {
    what: "an unknown version",
    asked: { version: "2016-05-04" },
    fault: [400, "InvalidVersion", "Specified parameter Version is not valid."],
  },
];

/** The jobs that refused requests are about. They are the same for all of these, since a refusal has no effect. */
const standing = new Map<string, { readonly uid: string; readonly jobId: string }>();
const keyOfJob = (state: StandingState, { cancel }: RpcOperation) => `${state} ${cancel}`;
beforeAll(async () => {
  for (const operation of operations)
    for (const state of ["running", "succeeded", "failed", "cancelled"] as const)
      standing.set(keyOfJob(state, operation), await jobIn(state, operation.registration));
});

const jobFor = ({ state = "running", operation = createIndex }: Partial<Refused>) => {
  const job = standing.get(keyOfJob(state, operation));
  if (job === undefined) throw new Error(`there is no job that is ${state}`);
  return job;
};

describe.each(alibabaClients)("$name", (client) => {
  test.concurrent.each(operations)("cancels with $cancel, once and again, and reads with $read", async (operation) => {
    const { uid, jobId } = await jobIn("running", operation.registration);
    const answer = await client.call(endpoint(), "owner", callOf(operation, jobId));
    expect(answer.body).toEqual(success);
    // While the work stops, asking again is no mistake.
    expect((await client.call(endpoint(), "owner", callOf(operation, jobId))).body).toEqual(success);

    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", repeats: 1 });
    const seen = await client.call(endpoint(), "owner", callOf(operation, jobId, { action: operation.read }));
    const Status = operation === uploadDocument ? "Cancelling" : "Running";
    expect(seen.body).toMatchObject({ ...success, Job: { Id: jobId, Status, Completed: false, Error: "" } });
  });

  test.concurrent.each(refused)("reports $what", async (row) => {
    const { fault, accessDenied } = row;
    // Too many wrong ones for one job would lock it.
    const own =
      row.asked?.parameters?.NamespacePassword && (await jobIn("running", (row.operation ?? createIndex).registration));
    const jobId = row.unknownJob ? "unknown-job" : (own || jobFor(row)).jobId;
    const call = callOf(row.operation ?? createIndex, jobId, row.asked);

    const report = await refusalOf(client, client.call(endpoint(), row.who ?? "owner", call));

    const [status, code, words] = fault;
    const name = client.errorName(status, code);
    // A client that shows no such detail has it as nothing, not as something else.
    expect(report).toEqual({ name, code, status, words, requestId: upperCaseUuid, accessDenied });
  });

  test.each(operations)("has left a job of $cancel alone with all of that", async (operation) => {
    expect((await jobs.job(jobFor({ operation }).uid)).state).toBe("running");
  });
});
