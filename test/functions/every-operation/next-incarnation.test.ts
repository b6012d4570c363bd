import { expect, test } from "vitest";
import { aRecord, deliver, nativeParameters } from "../../support/requests/cancel-messages.ts";
import {
  callJobApi,
  cancelRequests,
  registerJob,
  scheduledTask,
  sqlJob,
  toReceipt,
} from "../../support/requests/cancel-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const stateOf = async (uid: string) => (await bundle.table().jobs.get(uid))?.state;

/** A job that was cancelled and has stopped, and one that has its native id since; 10 s lie between all of that. */
const twoIncarnations = async (request = sqlJob) => {
  const state = request === scheduledTask ? "queued" : "running";
  const first = await registerJob(bundle, request, state);
  bundle.clock.time += 10_000;
  const sentAt = bundle.clock.time;
  const secret = request.service.startsWith("analyticdb") ? { NamespacePassword: "testpassword" } : {};
  const parameters = { ...nativeParameters(request, first.jobId), ...secret };
  const message = { operation: request.operation, parameters };
  const send = (sent = sentAt) => deliver(request.operation, bundle.services, [aRecord(message, 1, sent)]);
  expect(await send()).toEqual([]);
  const report = { outcome: "cancelled" };
  if (state === "running") await callJobApi(bundle, "POST", `/jobs/${first.uid}/finish`, report);
  expect(await stateOf(first.uid)).toBe("cancelled");
  bundle.clock.time += 10_000;
  const second = await registerJob(bundle, request, state, { jobId: first.jobId });
  bundle.clock.time += 10_000;
  return { first, second, send, message: { body: message, sentAt } };
};

/** As EventBridge writes times. */
const secondsOf = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

test.each(cancelRequests.map((request) => [request.operation, request] as const))(
  "a message of %s that comes again leaves the job alone that has the id by now",
  async (_, request) => {
    const { first, second, send } = await twoIncarnations(request);
    expect(await send()).toEqual([]);
    expect(bundle.recorded.deadLettered).toEqual([]);
    expect(await bundle.table().jobs.get(second.uid)).not.toHaveProperty("cancellation");
    expect(await toReceipt(bundle, first.uid)).toMatchObject({ outcome: "stopped", repeats: 1 });
  },
);

test("a copy of an event is of the time of the event, whenever it comes", async () => {
  const { first, second, send, message } = await twoIncarnations();
  const event = {
    "detail-type": "dev.standdown.cancel.requested.v1",
    time: secondsOf(message.sentAt),
    detail: message.body,
  };
  const notification = { Type: "Notification", Timestamp: new Date(message.sentAt).toISOString(), Message: "" };
  const inNotification = { ...notification, Message: JSON.stringify(message.body) };
  for (const copy of [event, inNotification])
    expect(await deliver("cancel-sql-job", bundle.services, [aRecord(copy, 1, bundle.clock.time)])).toEqual([]);
  expect(await stateOf(second.uid)).toBe("running");
  expect(await toReceipt(bundle, first.uid)).toMatchObject({ repeats: 2 });
  const now = { ...event, time: secondsOf(bundle.clock.time) };
  expect(await deliver("cancel-sql-job", bundle.services, [aRecord(now, 1, bundle.clock.time)])).toEqual([]);
  expect(await stateOf(second.uid)).toBe("stopping");
  expect(await send()).toEqual([]);
});

test("a message that was sent when the id had been taken over means the job that has it", async () => {
  const { first, second, send } = await twoIncarnations();
  expect(await send(bundle.clock.time)).toEqual([]);
  expect(await stateOf(second.uid)).toBe("stopping");
  expect(await toReceipt(bundle, first.uid)).toMatchObject({ repeats: 0 });
});

test("a message from before the first job still means it, where no job had the id earlier", async () => {
  const { jobId, uid } = await registerJob(bundle, sqlJob);
  const message = { operation: sqlJob.operation, parameters: nativeParameters(sqlJob, jobId) };
  expect(await deliver(sqlJob.operation, bundle.services, [aRecord(message, 1, bundle.clock.time - 1)])).toEqual([]);
  expect(await stateOf(uid)).toBe("stopping");
});

test("a cancel by the uid of a job whose id was taken over is answered with its receipt, and counted", async () => {
  const { first, second } = await twoIncarnations();
  const answer = await callJobApi(bundle, "POST", `/jobs/${first.uid}/cancel`, {});
  expect(answer).toMatchObject({ status: 200, body: { uid: first.uid, outcome: "stopped", repeats: 1 } });
  expect(await stateOf(second.uid)).toBe("running");
});

test("a cancel by whoever just registered the job means it, though the function's clock is behind", async () => {
  const { jobId } = await registerJob(bundle, sqlJob, "succeeded");
  // Registered by a function whose clock is 20 ms ahead, then cancelled over HTTP, and another by a message.
  const cancels: ((id: string) => Promise<unknown>)[] = [
    (id) => sqlJob.send(bundle, id),
    (id) =>
      deliver(sqlJob.operation, bundle.services, [
        aRecord({ operation: sqlJob.operation, parameters: nativeParameters(sqlJob, id) }, 1, bundle.clock.time),
      ]),
  ];
  for (const cancel of cancels) {
    bundle.clock.time += 10_020;
    const { uid } = await registerJob(bundle, sqlJob, "running", { jobId });
    bundle.clock.time -= 10;
    await cancel(jobId);
    expect(await stateOf(uid)).toBe("stopping");
    await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
  }
});
