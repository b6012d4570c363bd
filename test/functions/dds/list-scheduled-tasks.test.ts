import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Job } from "../../../shared/domain/job.ts";
import { registerJob, scheduledTask } from "../../support/requests/cancel-requests.ts";
import { taskList } from "../../support/requests/read-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const dayMs = 86_400_000;

interface TaskPage {
  readonly total_count: number;
  readonly schedules: readonly Readonly<Record<string, string>>[];
}

const list = async (project_id: string, filters: Record<string, string | number> = {}, token = "ops-token") => {
  const given = Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, String(value)]));
  const { status, body, text } = await taskList.send(bundle, "", { token, parameters: { project_id, ...given } });
  if (status !== 200) throw new Error(`the list answered ${status} ${text}`);
  return body as unknown as TaskPage;
};

const idsIn = ({ schedules }: TaskPage) => schedules.map(({ job_id }) => job_id);

let projects = 0;
const newProject = () => `project${++projects}`;

const register = async (owner: string, given: Partial<Job> = {}) => {
  const job = aJob({ service: "dds", owner, jobType: "RESTART", state: "queued", counted: true, ...given });
  await bundle.services.jobs.register(job, job.uid);
  return job.jobId;
};

describe("any mix of tasks, cut into any pages", () => {
  const tasks = fc.array(
    fc.record({
      state: fc.constantFrom("queued", "running", "succeeded", "failed", "cancelled"),
      jobType: fc.constantFrom("RESIZE_FLAVOR", "RESTART", "PATCH_UPGRADE"),
      instance: fc.constantFrom("a", "b"),
      ageMs: fc.nat({ max: 20 * dayMs }),
    }),
    { maxLength: 30 },
  );
  const filters = fc.record(
    {
      job_status: fc.constantFrom("Pending", "Running", "Completed", "Failed", "Canceled"),
      job_name: fc.constantFrom("RESIZE_FLAVOR", "RESTART"),
      instance_id: fc.constantFrom("a", "b"),
    },
    { requiredKeys: [] },
  );
  const words = {
    queued: "Pending",
    running: "Running",
    succeeded: "Completed",
    failed: "Failed",
    cancelled: "Canceled",
  };

  test("the pages together are the whole list, newest first, and each counts it right", async () => {
    await fc.assert(
      fc.asyncProperty(
        tasks,
        filters,
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: 5 }),
        async (mix, asked, limit, start) => {
          const owner = newProject();
          const made: { readonly id: string; readonly at: number }[] = [];
          for (const { state, jobType, instance, ageMs } of mix) {
            const registeredAt = now - ageMs;
            const ended = state === "queued" || state === "running" ? {} : { endedAt: now };
            const scope = { projectId: owner, instanceId: instance };
            const id = await register(owner, { state, jobType, scope, registeredAt, ...ended } as Partial<Job>);
            const wanted =
              (asked.job_status ?? words[state]) === words[state] &&
              (asked.job_name ?? jobType) === jobType &&
              (asked.instance_id ?? instance) === instance;
            if (wanted) made.push({ id, at: registeredAt });
          }

          const seen: (string | undefined)[] = [];
          for (let offset = start; ; offset += limit) {
            const page = await list(owner, { ...asked, offset, limit });
            expect(page.total_count).toBe(made.length);
            expect(page.schedules).toHaveLength(Math.max(0, Math.min(limit, made.length - offset)));
            seen.push(...idsIn(page));
            if (offset + limit >= made.length) break;
          }
          const whole = idsIn(await list(owner, { ...asked, limit: 100 }));
          expect(seen).toEqual(whole.slice(start));
          expect(new Set(whole)).toEqual(new Set(made.map(({ id }) => id)));
          const times = whole.map((id) => made.find((task) => task.id === id)?.at ?? 0);
          expect(times).toEqual([...times].sort((a, b) => b - a));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("more tasks than the store reads in one step", async () => {
    const owner = newProject();
    for (let batch = 0; batch < 11; batch++)
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => register(owner, { registeredAt: now - batch * 100 - i })),
      );
    const last = await list(owner, { limit: 100, offset: 1050 });
    expect([last.total_count, last.schedules.length]).toEqual([1100, 50]);
  });
});

test("without limit and offset it shows the first ten", async () => {
  const owner = newProject();
  for (let i = 0; i < 12; i++) await register(owner, { registeredAt: now + i });
  const page = await list(owner);
  expect([page.total_count, page.schedules.length]).toEqual([12, 10]);
  expect(await list(owner, { limit: "", offset: "", job_status: "" })).toEqual(page);
});

test("an empty project has an empty list", async () => {
  expect(await list(newProject())).toEqual({ total_count: 0, schedules: [] });
});

test("a task is shown with its times in the documented form", async () => {
  const projectId = newProject();
  const scope = { projectId, instanceId: "0b4a1f0e3d2c4b5a8f6e7d8c9b0a1f2ein02" };
  const { jobId } = await registerJob(bundle, { ...scheduledTask, scope }, "queued");
  const running = await register(projectId, { state: "running", registeredAt: now - 1000, startedAt: now });
  expect(await list(projectId)).toEqual({
    total_count: 2,
    schedules: [
      {
        job_id: jobId,
        job_name: "RESIZE_FLAVOR",
        job_status: "Pending",
        instance_id: scope.instanceId,
        create_time: "2026-11-22T10:00:00+0000",
      },
      {
        job_id: running,
        job_name: "RESTART",
        job_status: "Running",
        create_time: "2026-11-22T09:59:59+0000",
        start_time: "2026-11-22T10:00:00+0000",
      },
    ],
  });
});

describe("the window", () => {
  const old = { registeredAt: now - 30 * dayMs };

  test("is by default the last seven days, in which a task must have lived", async () => {
    const owner = newProject();
    const waiting = await register(owner, old);
    const justEnded = await register(owner, { ...old, state: "cancelled", endedAt: now - 6 * dayMs });
    const longGone = await register(owner, { ...old, state: "succeeded", endedAt: now - 8 * dayMs });
    expect(new Set(idsIn(await list(owner)))).toEqual(new Set([waiting, justEnded]));
    const sinceLong = idsIn(await list(owner, { start_time: now - 40 * dayMs }));
    expect(new Set(sinceLong)).toEqual(new Set([waiting, justEnded, longGone]));
  });

  test("keeps a task that waited for weeks in the list once it is cancelled", async () => {
    const owner = newProject();
    const jobId = await register(owner, old);
    const cancelled = await scheduledTask.send(bundle, jobId, { parameters: { project_id: owner } });
    expect(cancelled.status).toBe(204);
    const [task] = (await list(owner)).schedules;
    expect(task).toMatchObject({ job_id: jobId, job_status: "Canceled", end_time: "2026-11-22T10:00:00+0000" });
  });

  test.each([
    ["milliseconds", String(now - dayMs), String(now + dayMs)],
    ["UTC", "2026-11-21T10:00:00Z", "2026-11-23T10:00:00Z"],
    ["an offset", "2026-11-21T11:00:00+0100", "2026-11-23T02:00:00-0800"],
    ["an offset whose plus sign was not escaped", "2026-11-21T11:00:00 0100", "2026-11-23T11:00:00 0100"],
  ])("is read in %s", async (_, start_time, end_time) => {
    const owner = newProject();
    const ended = { state: "succeeded" } as const;
    await register(owner, { ...ended, registeredAt: now - dayMs - 2, endedAt: now - dayMs - 1 });
    const first = await register(owner, { ...ended, registeredAt: now - dayMs - 1, endedAt: now - dayMs });
    const last = await register(owner, { registeredAt: now + dayMs });
    await register(owner, { registeredAt: now + dayMs + 1 });
    expect(idsIn(await list(owner, { start_time, end_time }))).toEqual([last, first]);
  });

  test("has no end unless one is given: a clock that runs behind another hides no task", async () => {
    const owner = newProject();
    const early = await register(owner, { registeredAt: bundle.clock.time + 1000 });
    expect(idsIn(await list(owner))).toEqual([early]);
  });
});

test("another project's and another account's tasks are neither shown nor counted", async () => {
  const owner = newProject();
  const mine = await register(owner, { account: "1", registeredAt: now + 1 });
  const open = await register(owner);
  await register(owner, { account: "2" });
  await register(`${owner}0`);
  const page = await list(owner, {}, "account-1-token");
  expect([page.total_count, idsIn(page)]).toEqual([2, [mine, open]]);
});

test("the path names the project, whatever the query says", async () => {
  const [owner, other] = [newProject(), newProject()];
  await register(owner);
  const url = `/v3/${other}/scheduled-jobs?project_id=${owner}`;
  const { body } = await bundle.send("GET", url, { headers: { "x-auth-token": "ops-token" } });
  expect(body).toEqual({ total_count: 0, schedules: [] });
});
