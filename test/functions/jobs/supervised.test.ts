import { describe, expect, test } from "vitest";
import { callJobApi, toReceipt } from "../../support/requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle, useBundle } from "../../support/stack/bundle.ts";
import { now } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const supervised = (containment: string) => ({
  kind: "process",
  ...{ host: "etl-7", pid: 4711, startedAt: "2026-11-22T10:00:00.000Z", containment },
});

let serial = 0;

const register = async (backend: object | undefined, token = "ops-token", within: InProcessBundle = bundle) => {
  const registration = { service: "generic", scope: {}, jobId: `supervised-${++serial}`, ...(backend && { backend }) };
  const { status, body } = await callJobApi(within, "POST", "/jobs", registration, token);
  if (status !== 201) throw new Error(`registering answered ${status} ${JSON.stringify(body)}`);
  return { uid: String(body.uid), body };
};

const cancelAndFinish = async (uid: string, report: object, token = "ops-token", within: InProcessBundle = bundle) => {
  await callJobApi(bundle, "POST", `/jobs/${uid}/cancel`, {});
  const { status } = await callJobApi(
    within,
    "POST",
    `/jobs/${uid}/finish`,
    { outcome: "cancelled", ...report },
    token,
  );
  expect(status).toBe(200);
  return toReceipt(bundle, uid);
};

const contained = { exit: { signal: "SIGKILL" }, containment: "pid-namespace" };

describe("the receipt of a job under a supervisor", () => {
  test.each(["cgroup", "pid-namespace"])("says that the end was observed, in a %s", async (containment) => {
    const { uid, body } = await register(supervised(containment));
    expect(body.backend).toEqual(supervised(containment));
    expect(await cancelAndFinish(uid, { exit: { code: 143 }, containment })).toMatchObject({
      outcome: "stopped",
      assurance: "observed",
      verified: true,
      evidence: {
        kind: "process-gone",
        witness: "principal ops",
        detail: `the supervisor on etl-7 saw that nothing was left in the ${containment} (exit code 143)`,
      },
      residue: [],
    });
  });

  test.each<[string, object | undefined, object]>([
    ["a containment that is none", supervised("none"), { ...contained, containment: "none" }],
    ["another containment than it registered", supervised("cgroup"), contained],
  ])("says what the supervisor says, with %s", async (_, backend, report) => {
    const { uid } = await register(backend);
    expect(await cancelAndFinish(uid, report)).toMatchObject({
      assurance: "acknowledged",
      verified: false,
      evidence: { kind: "supervisor-reported" },
    });
  });

  test.each<[string, object | undefined, object]>([
    ["without a supervisor", undefined, contained],
    ["of a supervisor that says nothing of it", supervised("pid-namespace"), { exit: { code: 0 } }],
  ])("says what the work says, %s", async (_, backend, report) => {
    const { uid } = await register(backend);
    expect(await cancelAndFinish(uid, report)).toMatchObject({
      evidence: { kind: "worker-acknowledged" },
      verified: false,
    });
  });

  test("says that it completed first, and who saw that", async () => {
    const { uid } = await register(supervised("pid-namespace"));
    const receipt = await cancelAndFinish(uid, { ...contained, outcome: "succeeded", exit: { code: 0 } });
    expect(receipt).toMatchObject({
      outcome: "completed-first",
      assurance: "observed",
      evidence: { kind: "process-gone" },
    });
  });

  test("goes up from presumed when the supervisor is heard at last", async () => {
    const { uid } = await register(supervised("pid-namespace"));
    await callJobApi(bundle, "POST", `/jobs/${uid}/cancel`, {});
    bundle.clock.time = now + 3_600_000;
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe("cancelled");
    expect(await toReceipt(bundle, uid)).toMatchObject({ assurance: "presumed" });
    const late = await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled", ...contained });
    expect(late.status).toBe(409);
    expect(await toReceipt(bundle, uid)).toMatchObject({ assurance: "observed", verified: true });
    bundle.clock.time = now;
  });
});

describe("who may be a witness", () => {
  const policies = (...actions: readonly string[]) => [
    { effect: "allow" as const, actions: actions.map((action) => `standdown:${action}`), resources: ["*"] },
  ];
  const within = (...principals: readonly [name: string, policies: ReturnType<typeof policies>][]) =>
    inProcessBundle(bundle.table(), {
      principals: principals.map(([name, policies]) => ({ name, tokens: [{ value: `${name}-token` }], policies })),
    });
  const worker = ["RegisterJob", "ReportJob", "GetJob"];

  test.each<[string, string[], string]>([
    ["with the permission", [...worker, "WitnessJob"], "process-gone"],
    ["without it", worker, "supervisor-reported"],
  ])("who registered the job, %s", async (_, actions, kind) => {
    const own = within(["supervisor", policies(...actions)]);
    const { uid } = await register(supervised("pid-namespace"), "supervisor-token", own);
    const { evidence } = await cancelAndFinish(uid, contained, "supervisor-token", own);
    expect(evidence).toMatchObject({ kind, witness: "principal supervisor" });
  });

  test("nobody else, whatever they may do", async () => {
    const own = within(["supervisor", policies("*")], ["another", policies("*")]);
    const { uid } = await register(supervised("pid-namespace"), "supervisor-token", own);
    const { evidence, verified } = await cancelAndFinish(uid, contained, "another-token", own);
    expect([(evidence as { kind: string }).kind, verified]).toEqual(["supervisor-reported", false]);
  });
});

test.each([
  ["a backend that nobody knows", { backend: { kind: "kubernetes" } }],
  ["a supervisor without a process", { backend: { kind: "process", host: "h", containment: "none" } }],
  ["a containment that there is not", { backend: supervised("chroot") }],
  ["a process that cannot be", { backend: { ...supervised("none"), pid: 0 } }],
  ["a worker with more than its kind", { backend: { kind: "worker", host: "h" } }],
])("a registration with %s is refused", async (_, wrong) => {
  const { status, body } = await callJobApi(bundle, "POST", "/jobs", { service: "generic", scope: {}, ...wrong });
  expect([status, body.code]).toEqual([400, "invalid-request"]);
});
