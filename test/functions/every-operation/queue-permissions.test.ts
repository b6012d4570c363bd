import { describe, expect, test } from "vitest";
import type { Policy } from "../../../shared/domain/principal.ts";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { inProcessBundle, project, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const allow = (actions: string, resources: string): Policy => ({
  effect: "allow",
  actions: [actions],
  resources: [resources],
});
const deny = (actions: string, resources: string): Policy => ({
  effect: "deny",
  actions: [actions],
  resources: [resources],
});
const everything = allow("*", "*");

const asked = (policies: readonly Policy[]) => {
  const principals = [{ name: "limited", tokens: [{ value: "limited-token" }], policies: [...policies] }];
  return inProcessBundle(bundle.table(), { principals } as Parameters<typeof inProcessBundle>[1]);
};

const aJobOf = (queueName: string | undefined) =>
  registerJob(bundle, { ...sqlJob, scope: { projectId: project, ...(queueName && { queueName }) } });

const stateOf = async (uid: string) => (await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state;

const rows: readonly [what: string, policies: readonly Policy[], queue: string | undefined, may: boolean][] = [
  ["all but one queue, a job of that one", [everything, deny("*", "dli:*:queue/production")], "production", false],
  ["all but one queue, a job of another", [everything, deny("*", "dli:*:queue/production")], "etl", true],
  ["all but one queue, a job without one", [everything, deny("*", "dli:*:queue/production")], undefined, true],
  ["all but some queues, a job of one of them", [everything, deny("*", "dli:*:queue/prod*")], "production", false],
  [
    "all but one queue's cancels, a job of that one",
    [everything, deny("dli:queue:cancelJob", "dli:*:queue/production")],
    "production",
    false,
  ],
  ["all but a project's queues", [everything, deny("*", `dli:${project}:*`)], "etl", false],
  ["one queue, a job of that one", [allow("*", `dli:${project}:queue/etl`)], "etl", true],
  ["one queue, a job of another", [allow("*", `dli:${project}:queue/etl`)], "production", false],
  ["one queue, a job without one", [allow("*", `dli:${project}:queue/etl`)], undefined, false],
  ["one queue of another project", [allow("*", "dli:other:queue/etl")], "etl", false],
];

describe("a DLI job is cancelled by whom its queue's policies let", () => {
  test.each(rows)("by its own API: %s", async (_, policies, queue, may) => {
    const { jobId, uid } = await aJobOf(queue);
    const reply = await sqlJob.send(asked(policies), jobId, { token: "limited-token" });
    expect([reply.status, reply.body.error_code]).toEqual(may ? [200, undefined] : [403, "APIGW.0302"]);
    expect(await stateOf(uid)).toBe(may ? "stopping" : "running");
  });

  test.each(rows)("by the job API: %s", async (_, policies, queue, may) => {
    const { uid } = await aJobOf(queue);
    const reply = await callJobApi(asked(policies), "POST", `/jobs/${uid}/cancel`, {}, "limited-token");
    expect(reply.status).toBe(may ? 202 : 404);
    expect(await stateOf(uid)).toBe(may ? "stopping" : "running");
  });

  test("an unknown id is unknown to whoever may cancel some", async () => {
    const reply = await sqlJob.send(asked([allow("*", `dli:${project}:queue/etl`)]), "unknown", {
      token: "limited-token",
    });
    expect(reply.body.error_code).toBe("DLI.0002");
  });

  test("each incarnation is judged by its own queue", async () => {
    const { jobId, uid } = await aJobOf("production");
    await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "succeeded" });
    const registration = { service: "dli", scope: { projectId: project, queueName: "etl" }, jobId };
    const { body } = await callJobApi(bundle, "POST", "/jobs", registration);
    expect((await sqlJob.send(asked([allow("*", "dli:*:queue/etl")]), jobId, { token: "limited-token" })).status).toBe(
      200,
    );
    expect(await stateOf(String(body.uid))).toBe("stopping");
  });
});
