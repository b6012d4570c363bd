import { expect, test } from "vitest";
import { decideTakeover } from "../../../shared/domain/decide-takeover.ts";
import { type Job, jobStates } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

/** Registered by `worker-1`; two leases of ten seconds end at `now`. */
const silent: Partial<Job> = { registeredBy: "worker-1", heartbeatTimeoutSeconds: 10, heartbeatAt: now - 20_000 };

test.each(jobStates)("a silent job that is %s is taken over only while it waits or runs", (state) => {
  const job = aJob({ ...silent, state });
  const change = {
    when: { uid: job.uid, states: [state], heartbeatAt: now - 20_000 },
    set: { state: "failed", endedAt: now, error: "no heartbeat for 20 s, and worker-1 registered it again" },
  };
  expect(decideTakeover(job, "worker-1", now)).toEqual(state === "queued" || state === "running" ? change : undefined);
});

test.each<[string, Partial<Job>, string]>([
  ["of somebody else", {}, "worker-2"],
  ["heard a millisecond too late", { heartbeatAt: now - 19_999 }, "worker-1"],
])("a job %s is not", (_, given, principal) => {
  expect(decideTakeover(aJob({ ...silent, ...given }), principal, now)).toBeUndefined();
});
