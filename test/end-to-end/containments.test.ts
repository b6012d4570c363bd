import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { chooseContainment, probeCapabilities } from "../../packages/cli/containments/containment.ts";
import { newSleep, printed, sleepers, startCommand } from "../support/end-to-end/commands.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send } = useStanddown();

const capabilities = probeCapabilities();
const here = (["pid-namespace", "cgroup"] as const).filter(
  (each) => chooseContainment(capabilities, each) !== undefined,
);

let serial = 0;
const start = (containment: string, command: readonly string[], options: readonly string[] = []) => {
  const jobId = `contained-${++serial}`;
  const own = ["--heartbeat", "0.2", "--grace", "0.3", "--containment", containment, "--job-id", jobId];
  return { jobId, command: startCommand(standdown().facts.http, ["run", ...own, ...options, "--", ...command]) };
};

/** Cancels a job by its native API, and gives its receipt once it says more than that it was asked for. */
const cancel = async (jobId: string) => {
  const { headers } = await send("DELETE", `/generic/v1/namespaces/default/jobs/${jobId}`);
  return { uid: String(headers["standdown-job"]) };
};

const receiptOf = (uid: string, isDone: (receipt: { assurance: string | null }) => boolean) =>
  until(async () => JSON.parse((await send("GET", `/jobs/${uid}/receipt`)).text), isDone, 20_000);

/** What starts processes that sleep so long, how many, and prints "up" when all do. */
const shapes: Readonly<Record<string, (seconds: string) => { readonly script: string; readonly left: number }>> = {
  "a double fork": (s) => ({ script: `( (setsid sleep ${s} &) & ) ; sleep ${s} & echo up; wait`, left: 2 }),
  "a daemon without an environment": (s) => ({ script: `(env -i setsid sleep ${s} &) ; echo up; sleep ${s}`, left: 2 }),
  "a child that ignores SIGTERM": (s) => ({
    script: `(trap "" TERM; sleep ${s} & wait; sleep ${s}) & echo up; wait`,
    left: 1,
  }),
  "a child that was stopped": (s) => ({ script: `sleep ${s} & sleep 0.3; kill -STOP $!; echo up; wait`, left: 1 }),
  "a zombie beside it": (s) => ({ script: `(sleep 0 & exec sleep ${s}) & echo up; wait`, left: 1 }),
  "500 children": (s) => ({
    script: `n=0; while [ $n -lt 500 ]; do sleep ${s} & n=$((n+1)); done; echo up; wait`,
    left: 500,
  }),
  "forks of forks": (s) => ({
    script: `f() { [ "$1" -gt 0 ] && { f $(($1-1)) & f $(($1-1)) & } ; sleep ${s}; }; f 6 & echo up; wait`,
    left: 1,
  }),
};

describe("this machine", () => {
  test("contains commands, or says that it cannot", async () => {
    const { command } = start("cgroup", ["true"]);
    const { code, stderr } = await command.end;
    expect([code, stderr.includes("this machine has no cgroup")]).toEqual(
      here.includes("cgroup") ? [0, false] : [69, true],
    );
  });
});

describe.each(here)("of a command in a %s nothing is left once it is cancelled", (containment) => {
  test.each(Object.entries(shapes))("with %s", async (_, shape) => {
    const seconds = newSleep();
    const { script, left } = shape(seconds);
    const { jobId, command } = start(containment, ["sh", "-c", script]);
    await printed(command, "up");
    await until(
      async () => sleepers(seconds),
      (count) => count >= left,
      20_000,
    );
    const { uid } = await cancel(jobId);
    expect((await command.end).code).toBeGreaterThan(128);
    expect(sleepers(seconds)).toBe(0);
    expect(await receiptOf(uid, ({ assurance }) => assurance !== null)).toMatchObject({
      outcome: "stopped",
      assurance: "observed",
      evidence: { kind: "process-gone", detail: expect.stringContaining(`nothing was left in the ${containment}`) },
    });
  });

  test("nor once its first process has ended by itself", async () => {
    const seconds = newSleep();
    const { command } = start(containment, ["sh", "-c", `(setsid sleep ${seconds} &) ; exit 5`]);
    expect((await command.end).code).toBe(5);
    expect(sleepers(seconds)).toBe(0);
  });

  test("and 100 MB of output come through", async () => {
    const { command } = start(containment, ["sh", "-c", "head -c 104857600 /dev/zero"]);
    const { code, stdout } = await command.end;
    expect([code, stdout.length]).toEqual([0, 104_857_600]);
  });
});

describe("standdown reap", () => {
  const reap = () => startCommand(standdown().facts.http, ["reap"]).end;
  const inCgroup = here.includes("cgroup");

  test("ends what a supervisor has left that was killed, once its job was cancelled, and the receipt is observed", async () => {
    const seconds = newSleep();
    const { jobId, command } = start("cgroup", ["sh", "-c", `(setsid sleep ${seconds} &) ; echo up; sleep ${seconds}`]);
    if (!inCgroup) return expect((await command.end).code).toBe(69);
    await printed(command, "up");
    // What it has left holds its streams open.
    const ended = once(command.child, "exit");
    command.child.kill("SIGKILL");
    await ended;
    expect((await reap()).stdout).toMatch(/ {2}not cancelled$/m);
    expect(sleepers(seconds)).toBe(2);
    const { uid } = await cancel(jobId);
    expect((await reap()).stdout).toContain(`${uid}  ended`);
    expect(sleepers(seconds)).toBe(0);
    expect(await receiptOf(uid, ({ assurance }) => assurance !== null)).toMatchObject({
      outcome: "stopped",
      assurance: "observed",
      evidence: { kind: "process-gone" },
    });
    expect((await reap()).stdout).not.toContain(uid);
  });

  test("leaves what has a supervisor alone", async () => {
    const seconds = newSleep();
    const { jobId, command } = start(
      "cgroup",
      ["sh", "-c", `trap "" TERM; echo up; sleep ${seconds}; sleep ${seconds}`],
      ["--grace", "8"],
    );
    if (!inCgroup) return expect((await command.end).code).toBe(69);
    await printed(command, "up");
    const { uid } = await cancel(jobId);
    expect((await reap()).stdout).toContain(`${uid}  supervised`);
    expect(sleepers(seconds)).toBe(1);
    await command.end;
  });
});
