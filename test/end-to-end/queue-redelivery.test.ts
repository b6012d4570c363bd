import { expect, test } from "vitest";
import { until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { jsonOf } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";
import { announcedIds, outcomesByMessage } from "../support/requests/cancel-evidence.ts";

const { standdown, jobs, send } = useStanddown();

type Message = readonly [operation: string, body: object];

/** Jobs in a project of their own, and what is asked about them: the same in every world. */
const newWorld = async (projectId: string) => {
  const running = await jobs.register({ service: "dli", scope: { projectId }, jobId: "running" });
  const queued = await jobs.register({ service: "dds", scope: { projectId }, jobId: "queued", state: "queued" });
  const ended = await jobs.register({ service: "dli", scope: { projectId }, jobId: "ended" });
  await send("POST", `/jobs/${ended.uid}/finish`, { body: { outcome: "succeeded" } });
  const cancel = (operation: string, job_id: string, requestedBy: string, more: object = {}): Message => [
    operation,
    { operation, parameters: { project_id: projectId, job_id }, reason: "redelivery", requestedBy, ...more },
  ];
  const messages = [
    cancel("cancel-sql-job", "running", "ann"),
    cancel("cancel-scheduled-task", "queued", "ann"),
    cancel("cancel-sql-job", "ended", "ann"),
    cancel("cancel-sql-job", "unknown", "ann"),
    cancel("cancel-sql-job", "early", "ann", { ifUnknown: "tombstone" }),
    cancel("cancel-sql-job", "running", "ben"),
    cancel("cancel-sql-job", "early", "ben", { ifUnknown: "tombstone" }),
  ];
  return { projectId, running, queued, ended, messages };
};

type World = Awaited<ReturnType<typeof newWorld>>;

/** One after the other: the next is sent when the functions have dealt with the one before. */
const deliver = async (messages: readonly Message[]): Promise<void> => {
  const aws = awsOf(standdown());
  for (const [operation, body] of messages) {
    const { MessageId = "" } = await aws.send(operation, body);
    await until(
      () => outcomesByMessage(standdown()),
      (answers) => answers.has(MessageId),
      5_000,
    );
  }
  aws.stop();
};

/** The worker hears of the cancellation and stops. */
const stopWorker = async ({ running: { uid } }: World): Promise<void> => {
  expect((await send("POST", `/jobs/${uid}/heartbeat`, { body: {} })).text).toContain('"cancel":{');
  expect((await send("POST", `/jobs/${uid}/finish`, { body: { outcome: "cancelled" } })).status).toBe(200);
};

interface Receipt extends Readonly<Record<string, unknown>> {
  readonly evidence: { readonly kind: string } | null;
  readonly steps: readonly { readonly step: string }[];
  readonly repeats: number;
}

const toReceipt = async ({ uid }: { readonly uid: string }) => {
  const read = jsonOf<Receipt>(await send("GET", `/jobs/${uid}/receipt`));
  const { uid: _, scope, requestedAt, timeToStopMs, repeats, evidence, steps, ...receipt } = read;
  return { receipt: { ...receipt, evidence: evidence?.kind, steps: steps.map(({ step }) => step) }, repeats };
};

/** What people see in the end, without times and ids. */
const endOf = async ({ projectId, running, queued, ended }: World, letters: readonly string[]) => {
  const tooEarly = await send("POST", "/jobs", { body: { service: "dli", scope: { projectId }, jobId: "early" } });
  const { code, cancelled } = jsonOf<{ code: string; cancelled: { onBehalfOf: string } }>(tooEarly);
  const announced = await announcedIds(standdown());
  return {
    running: await toReceipt(running),
    queued: await toReceipt(queued),
    ended: [(await jobs.job(ended.uid)).state, (await send("GET", `/jobs/${ended.uid}/receipt`)).status],
    early: { code, onBehalfOf: cancelled.onBehalfOf },
    events: [running, queued, ended].map(({ uid }) =>
      [...new Set(announced.filter((id) => id.startsWith(uid)))].sort().map((id) => id.slice(uid.length)),
    ),
    deadLettered: letters.filter((body) => body.includes(projectId)).map((body) => JSON.parse(body).parameters.job_id),
  };
};

test("messages that come twice, and in reverse order, leave what they leave once and in order", async () => {
  const [once, again, backwards] = await Promise.all([newWorld("once"), newWorld("again"), newWorld("backwards")]);
  const reverse = ({ messages }: World) => messages.toReversed();
  await Promise.all([
    deliver(once.messages).then(() => stopWorker(once)),
    // The second time the worker has stopped already.
    deliver(again.messages)
      .then(() => stopWorker(again))
      .then(() => deliver(reverse(again))),
    deliver([...reverse(backwards), ...backwards.messages]).then(() => stopWorker(backwards)),
  ]);
  // Of each of the six jobs that were cancelled: that it was asked for, and that it stopped.
  await until(
    async () => new Set(await announcedIds(standdown())).size,
    (told) => told >= 12,
    10_000,
  );
  const aws = awsOf(standdown());
  const letters = (await aws.allDeadLetters("cancel-sql-job")).map(({ Body = "" }) => Body);
  expect(await aws.allDeadLetters("cancel-scheduled-task")).toEqual([]);
  aws.stop();

  const end = await endOf(once, letters);
  expect(end).toMatchObject({
    running: {
      receipt: { outcome: "stopped", evidence: "worker-acknowledged", onBehalfOf: "ann", trigger: "queue" },
      repeats: 1,
    },
    queued: { receipt: { outcome: "stopped", evidence: "never-started" }, repeats: 0 },
    ended: ["succeeded", 404],
    early: { code: "cancelled-before-start", onBehalfOf: "ann" },
    events: [["/requested", "/stopped"], ["/requested", "/stopped"], []],
    deadLettered: ["unknown"],
  });
  const twice = {
    ...end,
    running: { ...end.running, repeats: 3 },
    queued: { ...end.queued, repeats: 1 },
    // A message that nobody can do anything about is dead-lettered each time.
    deadLettered: ["unknown", "unknown"],
  };
  expect(await endOf(again, letters)).toEqual(twice);
  // Whoever was first has asked.
  expect(await endOf(backwards, letters)).toEqual({
    ...twice,
    running: { ...twice.running, receipt: { ...twice.running.receipt, onBehalfOf: "ben" } },
    early: { ...twice.early, onBehalfOf: "ben" },
  });
});
