import { describe, expect, test } from "vitest";
import { assuranceOf } from "../../shared/domain/assurance.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Backend } from "../../shared/ports/backend.ts";
import { aStoppingJob, now } from "../support/stack/jobs.ts";

/** A backend and work that it can stop, for one test. */
export interface BackendUnderTest {
  readonly backend: Backend;
  /** Begins work of a job that is to stop, and gives the job as it is on record while the work is alive. */
  readonly begin: (job: Job) => Promise<Job>;
  /** Ends the work by itself, and gives the moment from which the backend can know. */
  readonly end: (job: Job) => Promise<number>;
}

const stopping = (): Job => aStoppingJob(now, { graceSeconds: 10 });

/** Holds a backend to what {@link Backend} promises. */
export const describeBackend = (name: string, open: () => BackendUnderTest): void => {
  describe(`the backend ${name}`, () => {
    test("has named steps, from the first on", () => {
      const { escalationSteps } = open().backend;
      expect(escalationSteps.length).toBeGreaterThan(0);
      for (const step of escalationSteps) expect(step.name).toMatch(/\w/);
    });

    test("never takes work that is alive for stopped", async () => {
      const { backend, begin } = open();
      const job = await begin(stopping());
      expect((await backend.probe(job, now + 1)).kind).not.toBe("stopped");
    });

    test("never takes work that has ended for alive", async () => {
      const { backend, begin, end } = open();
      const job = await begin(stopping());
      expect((await backend.probe(job, await end(job))).kind).not.toBe("alive");
    });

    test("can be asked to stop again and again, at every step, also what has ended or was never there", async () => {
      const { backend, begin, end } = open();
      const job = await begin(stopping());
      for (const [step] of backend.escalationSteps.entries())
        for (let time = 0; time < 3; time++)
          expect(["accepted", "unavailable"]).toContain((await backend.stop(job, step)).kind);
      await end(job);
      expect(["accepted", "unavailable"]).toContain((await backend.stop(job, 0)).kind);
      expect(["accepted", "unavailable"]).toContain((await backend.stop(stopping(), 0)).kind);
    });

    test("stops one job and leaves the others alone", async () => {
      const { backend, begin } = open();
      const [one, other] = [await begin(stopping()), await begin(stopping())];
      for (const [step] of backend.escalationSteps.entries()) await backend.stop(one, step);
      expect((await backend.probe(other, now + 1)).kind).not.toBe("stopped");
    });

    test("says by what it knows that work has stopped, and who has seen it", async () => {
      const { backend, begin, end } = open();
      const job = await begin(stopping());
      const probe = await backend.probe(job, await end(job));
      if (probe.kind !== "stopped") return expect(probe.kind).toBe("unknown");
      expect(Object.keys(assuranceOf)).toContain(probe.evidence.kind);
      expect(probe.evidence).toMatchObject({
        witness: expect.stringMatching(/\w/),
        detail: expect.stringMatching(/\w/),
      });
    });
  });
};
