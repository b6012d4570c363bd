import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { type JobEnd, runJob, type Work } from "../../packages/client/src/run-job.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { token } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients, huaweiRefusalOf, project } from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dli } from "../support/sdk/sdk-huawei-services.ts";

const { endpoint, jobs } = useStanddownWithKeys();

const [client] = huaweiClients;
if (client === undefined) throw new Error("there is no client");

const ends = ["CANCELLED", "FINISHED", "FAILED"];

/** As Terraform destroys a SQL job: status, cancel unless it has ended, status again and again until it has. */
const destroy = async (jobId: string): Promise<{ readonly cancelled: boolean; readonly seen: readonly string[] }> => {
  const seen: string[] = [];
  const status = async (): Promise<string> => {
    const answer = client.call(endpoint(), "owner", dli.read(jobId));
    const [settled] = await Promise.allSettled([answer]);
    const state =
      settled.status === "fulfilled"
        ? String(dli.stateIn(settled.value, jobId))
        : // To Terraform a job that is answered with 400 is gone.
          `gone with ${(await huaweiRefusalOf(answer)).httpStatusCode}`;
    if (state !== seen.at(-1)) seen.push(state);
    return state;
  };
  const isOver = (state: string) => ends.includes(state) || state === "gone with 400";

  if (isOver(await status())) return { cancelled: false, seen };
  // It gives up here unless `is_success` is true.
  expect(await client.call(endpoint(), "owner", cancelOf(dli, jobId))).toMatchObject({ is_success: true });
  await until(status, isOver, 10_000);
  return { cancelled: true, seen };
};

/** A worker that has begun. */
const startWorker = async (work: Work<void>, state: "queued" | "running" = "running") => {
  const begun = Promise.withResolvers<{ uid: string; jobId: string }>();
  const job = { service: "dli", scope: { projectId: project, queueName: "queue1" }, jobType: "INSERT", state } as const;
  const options = { endpoint: endpoint(), token, job, heartbeatSeconds: 0.1 };
  // A queued job never gets its turn.
  const untilReady: Work<void> = (signal, running) => {
    begun.resolve(running);
    return untilTold(signal);
  };
  const ended: Promise<JobEnd<void>> = runJob({ ...options, untilReady }, (...given) => {
    begun.resolve(given[1]);
    return work(...given);
  });
  return { ...(await begun.promise), ended };
};

const untilTold = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, "abort");
};

describe("destroying a SQL job as Terraform does", () => {
  test("ends with CANCELLED when the worker has stopped, and not before", async () => {
    const cleanedUp = Promise.withResolvers<void>();
    const { uid, jobId, ended } = await startWorker(async (signal) => {
      await untilTold(signal);
      // The worker takes its time: until the client has seen that the job still runs.
      await cleanedUp.promise;
      throw signal.reason;
    });
    const destroyed = destroy(jobId);
    await until(
      () => jobs.job(uid),
      ({ state }) => state === "stopping",
      5_000,
    );
    expect(dli.stateIn(await client.call(endpoint(), "owner", dli.read(jobId)), jobId)).toBe("RUNNING");
    cleanedUp.resolve();

    expect(await destroyed).toEqual({ cancelled: true, seen: ["RUNNING", "CANCELLED"] });
    expect(await ended).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", evidence: { kind: "worker-acknowledged" } });
  });

  test("ends with FINISHED when the work was completed meanwhile", async () => {
    const { jobId, ended } = await startWorker(async (signal, { complete }) => {
      await untilTold(signal);
      complete();
    });
    expect(await destroy(jobId)).toEqual({ cancelled: true, seen: ["RUNNING", "FINISHED"] });
    expect(await ended).toMatchObject({ outcome: "succeeded", recorded: "succeeded" });
  });

  test("ends with CANCELLED for a job that had not begun to work", async () => {
    const { jobId, ended } = await startWorker(() => {}, "queued");
    expect(await destroy(jobId)).toEqual({ cancelled: true, seen: ["LAUNCHING", "CANCELLED"] });
    expect(await ended).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
  });

  test.each([
    ["FINISHED", () => {}],
    [
      "FAILED",
      () => {
        throw new Error("no such table");
      },
    ],
  ] as const)("does not cancel a job that is %s", async (state, work) => {
    const { jobId, ended } = await startWorker(work);
    await ended;
    expect(await destroy(jobId)).toEqual({ cancelled: false, seen: [state] });
  });

  test("takes a job that is not there for destroyed", async () => {
    expect(await destroy("no-such-job")).toEqual({ cancelled: false, seen: ["gone with 400"] });
  });
});
