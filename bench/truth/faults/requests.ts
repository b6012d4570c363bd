import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";

const requests = ["native", "job-api", "queue"] as const;

/** Takes the id for the next incarnation, which runs from then on. Undefined where the one before is still active. */
const registerAgain = async (stage: Stage): Promise<string | undefined> => {
  const key = { "idempotency-key": `${stage.jobId}-${stage.acting}` };
  const { status, body } = await stage.post("/jobs", { ...stage.registration, state: "running" }, key);
  if (status !== 201 && status !== 409) throw new Error(`the id could not be registered again: ${status}`);
  return status === 201 ? body.uid : undefined;
};

/** The cancels of the job before, once more: the message, the request that names the job, and the bytes that were signed. */
const resend = (stage: Stage): Promise<unknown> =>
  Promise.all([
    stage.world.deliver(stage.message, stage.cancelledProductAt ?? 0),
    stage.post(`/jobs/${stage.uid}/cancel`, {}),
    ...(stage.signed ? [stage.world.ask("DELETE", stage.signed.target, { headers: stage.signed.headers })] : []),
  ]);

const seeNext = async (stage: Stage, uid: string | undefined): Promise<void> => {
  if (uid === undefined) return;
  const { state, cancel } = await stage.get(`/jobs/${uid}`);
  stage.next = { state, isCancelled: cancel !== null };
  stage.fired = true;
  await stage.post(`/jobs/${uid}/finish`, { outcome: "failed" });
};

export const requestFaults = [
  fault({
    name: "cancel-repeated",
    triggers: ["native"],
    request: async (stage) => {
      const others = ["native", "job-api", "queue", "queue"] as const;
      await Promise.all([stage.cancel(), ...others.map((trigger) => stage.cancel(trigger))]);
    },
    hasFired: (stage) => stage.receipts.repeats() > 0,
  }),
  fault({
    name: "cancel-late",
    triggers: requests,
    after: async (stage) => {
      if (!(await stage.watch(3_000))) return;
      await stage.world.pass(1_000);
      const next = await registerAgain(stage);
      await resend(stage);
      await stage.settleQueue();
      await seeNext(stage, next);
    },
  }),
  fault({
    name: "id-taken-over-meanwhile",
    triggers: requests,
    after: async (stage) => {
      if (!(await stage.watch(3_000))) return;
      await stage.world.pass(1_000);
      const [next] = await Promise.all([registerAgain(stage), resend(stage)]);
      await stage.settleQueue();
      await seeNext(stage, next);
    },
  }),
  fault({
    name: "cancel-before-job",
    isAlone: true,
    share: 1.2,
    kinds: ["shell", "python"],
    triggers: ["queue"],
    tiers: ["A"],
    begin: async (stage) => {
      await stage.world.deliver({ ...stage.message, ifUnknown: "tombstone" }, stage.world.now());
      const status = await stage.register();
      stage.fired = status === 410;
      // Whoever is given the job starts it.
      if (status === 201) await stage.startWorker();
    },
    request: async () => {},
  }),
];
