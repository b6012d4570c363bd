import { afterAll, beforeAll } from "vitest";
import { type Standdown, type StartOptions, startStanddown } from "./end-to-end.ts";
import { clientOf, jobsThrough, type Send } from "./end-to-end-client.ts";

export interface Fixture {
  standdown(): Standdown;
  send: Send;
  jobs: ReturnType<typeof jobsThrough>;
}

/** One runner for all tests of a file. */
export const useStanddown = (options?: StartOptions): Fixture => {
  let running: Standdown | undefined;
  beforeAll(async () => {
    running = await startStanddown(options);
  });
  afterAll(() => running?.stop());

  const standdown = (): Standdown => {
    if (running === undefined) throw new Error("the runner is not there yet");
    return running;
  };
  const send: Send = (...request) => clientOf(standdown().facts.http)(...request);
  return { standdown, send, jobs: jobsThrough(send) };
};
