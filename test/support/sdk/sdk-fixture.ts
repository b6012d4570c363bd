import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import type { JobRegistration } from "../../../packages/client/src/run-job.ts";
import { useStanddown } from "../end-to-end/end-to-end-fixture.ts";
import { writeKeys } from "./sdk-keys.ts";

export type StandingState = "queued" | "running" | "stopping" | "succeeded" | "failed" | "cancelled";

/** One runner for all tests of a file, with the keys of the SDK tests. */
export const useStanddownWithKeys = (settings: Readonly<Record<string, string>> = {}) => {
  const keys = writeKeys();
  const fixture = useStanddown({ settings: { STANDDOWN_CONFIG: keys.file, ...settings } });
  afterAll(keys.remove);

  const ask = async (path: string, body: object): Promise<void> => {
    const { status, text } = await fixture.send("POST", path, { body });
    if (status >= 300) throw new Error(`POST ${path} was answered ${status}: ${text}`);
  };

  /** Registers a job and brings it into a state. */
  const jobIn = async (state: StandingState, registration: JobRegistration) => {
    // A task of DDS can be cancelled only while it waits, and is cancelled with that.
    const waits = state === "queued" || (registration.service === "dds" && state === "cancelled");
    const first = waits ? "queued" : "running";
    const { uid, jobId } = await fixture.jobs.register({ ...registration, jobId: randomUUID(), state: first });
    if (state === "stopping" || state === "cancelled") await ask(`/jobs/${uid}/cancel`, {});
    const ends = state === "succeeded" || state === "failed" || (state === "cancelled" && !waits);
    if (ends) await ask(`/jobs/${uid}/finish`, { outcome: state });
    return { uid, jobId };
  };

  return { ...fixture, endpoint: () => fixture.standdown().facts.http, jobIn };
};
