import { expect, test } from "vitest";
import { useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients } from "../support/sdk/sdk-huawei.ts";
import { cancelOf, dds } from "../support/sdk/sdk-huawei-services.ts";

const { endpoint, jobIn } = useStanddownWithKeys();

const [client] = huaweiClients;
if (client === undefined) throw new Error("there is no client");

/** More than two pages, and a last one that is not full. */
const tasks = 27;
const pageSize = 10;
const project = "0d1cb6b6b2e94d1a8f6f3a6f1d2c3b4a";
const instance = "9d8ae2e7a3f24ee8b7a6c9e4b5d1f0a1in02";

interface Page {
  readonly total_count: number;
  readonly schedules: readonly {
    readonly job_id: string;
    readonly job_status: string;
    readonly instance_id?: string;
  }[];
}

const pageAt = async (offset: number): Promise<Page> => {
  const call = { ...dds.read(""), query: { limit: pageSize, offset }, project };
  return (await client.call(endpoint(), "owner", call)) as Page;
};

const register = async (projectId: string): Promise<string> => {
  const scope = { projectId, instanceId: instance };
  return (await jobIn("queued", { service: "dds", scope })).jobId;
};

test("a task is cancelled as Terraform does it: deleted, then looked for on page after page", async () => {
  const ids: string[] = [];
  for (let i = 0; i < tasks; i++) ids.push(await register(project));
  // Of another project, which is neither listed nor counted.
  await register("0d1cb6b6b2e94d1a8f6f3a6f1d2c3b4b");
  // The list begins with the newest: this one is on the last page.
  const [oldest = ""] = ids;

  const cancel = { ...cancelOf(dds, oldest), project };
  expect(await client.call(endpoint(), "owner", cancel)).toEqual(dds.cancelled);

  const pages: Page[] = [];
  const found = () => pages.flatMap(({ schedules }) => schedules).find(({ job_id }) => job_id === oldest);
  while (found() === undefined && pages.at(-1)?.schedules.length !== 0)
    pages.push(await pageAt(pages.length * pageSize));

  expect(found()).toMatchObject({ job_id: oldest, job_status: "Canceled", instance_id: instance });
  expect(pages.map(({ total_count, schedules }) => [total_count, schedules.length])).toEqual([
    [tasks, pageSize],
    [tasks, pageSize],
    [tasks, tasks - 2 * pageSize],
  ]);
  // Each task once, whatever was registered within one millisecond.
  const listed = pages.flatMap(({ schedules }) => schedules);
  expect(listed.map(({ job_id }) => job_id).sort()).toEqual(ids.toSorted());
  expect(listed.filter(({ job_status }) => job_status === "Pending").length).toBe(tasks - 1);

  expect(await pageAt(3 * pageSize)).toMatchObject({ total_count: tasks, schedules: [] });
});
