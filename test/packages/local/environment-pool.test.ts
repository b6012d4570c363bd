import { expect, test } from "vitest";
import type { Environment, Invoked } from "../../../packages/local/lambda/environment.ts";
import { createEnvironmentPool, type PoolLimits } from "../../../packages/local/lambda/environment-pool.ts";
import type { LambdaFunction } from "../../../packages/local/template/functions.ts";

const lambda = (name: string): LambdaFunction => ({
  name,
  shortName: name,
  arn: `arn:${name}`,
  zip: "",
  handler: "",
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
});
const [a, b] = [lambda("a"), lambda("b")];

/** A pool whose environments do nothing until the test says what became of their event. */
const setup = (limits: Partial<PoolLimits>) => {
  const history: string[] = [];
  const working: ((invoked?: Partial<Invoked>) => void)[] = [];
  const pool = createEnvironmentPool(
    async ({ name }): Promise<Environment> => {
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      history.push(`start ${name}`);
      return {
        ended,
        invoke: (event) =>
          new Promise((settle) => {
            history.push(`${name} ${event}`);
            const outcome = { kind: "returned", payload: event } as const;
            working.push((invoked) => settle({ outcome, reusable: true, ...invoked }));
          }),
        async stop() {
          history.push(`end ${name}`);
          end();
        },
      };
    },
    { perFunction: 2, total: 2, idleMs: 60_000, ...limits },
  );
  const finish = (invoked?: Partial<Invoked>): void => working.shift()?.(invoked);
  return { pool, history, finish };
};

test("the environment that was idle longest makes room for another function", async () => {
  const { pool, history, finish } = setup({});
  const first = [pool.invoke(a, "1"), pool.invoke(a, "2")];
  await expect.poll(() => history).toHaveLength(4);
  finish();
  finish();
  await Promise.all(first);
  const second = pool.invoke(b, "3");
  await expect.poll(() => history).toContain("b 3");
  finish();
  expect(await second).toEqual({ kind: "returned", payload: "3" });
  expect(history.slice(4)).toEqual(["end a", "start b", "b 3"]);
});

test("a busy environment is not ended: who finds no room waits, in turn", async () => {
  const { pool, history, finish } = setup({ total: 1 });
  const answers = [pool.invoke(a, "1"), pool.invoke(b, "2"), pool.invoke(a, "3")];
  for (const expected of ["a 1", "b 2", "a 3"]) {
    await expect.poll(() => history).toContain(expected);
    finish();
  }
  await Promise.all(answers);
  expect(history).toEqual(["start a", "a 1", "end a", "start b", "b 2", "end b", "start a", "a 3"]);
});

test("an environment that is idle for too long is ended", async () => {
  const { pool, history, finish } = setup({ idleMs: 1 });
  const answer = pool.invoke(a, "1");
  await expect.poll(() => history).toContain("a 1");
  finish();
  await answer;
  await expect.poll(() => history).toEqual(["start a", "a 1", "end a"]);
});

test("what cannot be started fails, and does not take up room", async () => {
  let broken = true;
  const history: string[] = [];
  const pool = createEnvironmentPool(
    async () => {
      if (broken) throw new Error("the zip is missing");
      history.push("started");
      return { ended: new Promise(() => {}), invoke: () => new Promise(() => {}), stop: async () => {} };
    },
    { perFunction: 1, total: 1, idleMs: 1 },
  );
  expect(await pool.invoke(a, "1")).toEqual({
    kind: "failed",
    payload: '{"errorType":"Runtime.StartError","errorMessage":"a cannot be started: the zip is missing"}',
  });
  broken = false;
  void pool.invoke(a, "2");
  await expect.poll(() => history).toContain("started");
});

test("stopping ends every environment and refuses what waits or comes later", async () => {
  const { pool, history, finish } = setup({ total: 1 });
  const underWay = pool.invoke(a, "1");
  const waiting = pool.invoke(a, "2");
  await expect.poll(() => history).toContain("a 1");
  await pool.stop();
  expect(history).toContain("end a");
  expect(await waiting).toMatchObject({ kind: "failed" });
  expect(await pool.invoke(b, "3")).toMatchObject({ kind: "failed" });
  finish({ reusable: false });
  await underWay;
});
