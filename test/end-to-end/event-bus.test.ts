import { expect, test } from "vitest";
import { jsonClient } from "../../shared/adapters/aws-client/json-client.ts";
import { eventBridge } from "../../shared/adapters/eventbridge/event-bus.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";
import { localAws } from "../support/stack/jobs-table.ts";

const { standdown, jobs } = useStanddown();
const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

const requested = "dev.standdown.cancel.requested.v1";

const publish = async (detail: object, type = requested) => {
  const { endpoint = "", bus } = standdown().facts.events ?? {};
  const call = jsonClient(eventBridge, { ...localAws(""), endpoints: { events: endpoint } });
  const entry = { Source: "reports", DetailType: type, Detail: JSON.stringify(detail) };
  expect(await call("PutEvents", { Entries: [{ ...entry, EventBusName: bus }] })).toMatchObject({
    FailedEntryCount: 0,
  });
};

const dataFor = (jobId: string, operation = "cancel-sql-job") => ({
  operation,
  parameters: { project_id: projectId, job_id: jobId },
  reason: "over the bus",
});

test.each([
  ["bare data", (data: object) => data],
  [
    "a CloudEvent",
    (data: object) => ({
      specversion: "1.0",
      id: "1",
      source: "/reports",
      type: requested,
      data,
    }),
  ],
])("an event on the bus cancels a job: %s", async (_, detailOf) => {
  const { uid, jobId } = await jobs.register({ service: "dli", scope: { projectId } });
  await publish(detailOf(dataFor(jobId)));
  const job = await until(
    () => jobs.job(uid),
    ({ state }) => state === "stopping",
    10_000,
  );
  expect(await jobs.receipt(job.uid)).toMatchObject({ trigger: "queue", reason: "over the bus", repeats: 0 });
});

test.each([
  ["that names no operation", dataFor("j1", "cancel-sql-jobs"), requested],
  ["of a type that is no request's", dataFor("j2"), "dev.standdown.cancel.request.v1"],
])("an event %s is kept without its secrets, and reaches no operation", async (_, data, type) => {
  const { parameters } = data;
  await publish({ ...data, parameters: { ...parameters, NamespacePassword: "canary" }, note: "canary" }, type);
  const aws = awsOf(standdown());
  const kept = await aws.unmatched(10);
  const redacted = { ...data, parameters: { ...parameters, NamespacePassword: "[redacted]" }, note: "[redacted]" };
  expect(kept.map(({ Body = "" }) => JSON.parse(Body).detail)).toEqual([redacted]);
  expect(kept[0]?.MessageAttributes?.Reason?.StringValue).toBe("unmatched");
  aws.stop();
});
