import { expect, test } from "vitest";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import { registerJob } from "../../support/requests/cancel-requests.ts";
import { describeIndex, getUpload, graphStatus, sqlStatus, taskList } from "../../support/requests/read-requests.ts";
import { inProcessBundle, project, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const allowing = (action: string, resource: string, account?: string): ConfigDocument => ({
  principals: [
    {
      name: "reader",
      tokens: [{ value: "reader-token" }],
      policies: [{ effect: "allow", actions: [action], resources: [resource] }],
      ...(account === undefined ? {} : { account }),
    },
  ],
});

/** Each read with the one permission that it needs: its documented action on its documented resource. */
const permissions = [
  [describeIndex, "gpdb:DescribeCreateIndexJob", "acs:gpdb:cn-hangzhou:42:collection/gp-bp1234567890"],
  [getUpload, "gpdb:GetUploadDocumentJob", "acs:gpdb:cn-hangzhou:42:document/gp-bp1234567890"],
  [graphStatus, "ges:jobs:getDetail", `ges:${project}:graph/movie`],
  [taskList, "dds:task:listAll", `dds:${project}:*`],
  [sqlStatus, "dli:jobs:get", `dli:${project}:*`],
] as const;

test.each(permissions)("$operation", async (request, action, resource) => {
  const { jobId } = await registerJob(bundle, request);
  const statusWith = async (document: ConfigDocument) =>
    (await request.send(inProcessBundle(bundle.table(), document), jobId, { token: "reader-token" })).status;
  expect(await statusWith(allowing(action, resource, "42"))).toBe(200);
  expect(await statusWith(allowing(`${action}s`, resource, "42"))).toBe(403);
  expect(await statusWith(allowing(action, `${resource.replace("*", "")}0`, "42"))).toBe(403);
  expect(await statusWith(allowing(action.replace(/:.*/, ":Cancel*"), resource, "42"))).toBe(403);
});

test("a workspace is what the permission is about, where one is named beside the instance", async () => {
  const document = allowing("gpdb:DescribeCreateIndexJob", "acs:gpdb:cn-hangzhou:*:collection/gp-ws-1");
  const reader = inProcessBundle(bundle.table(), document);
  const ask = async (parameters: Record<string, string>) =>
    (await describeIndex.send(reader, "unknown", { token: "reader-token", parameters })).body.Code;
  expect(await ask({ WorkspaceId: "gp-ws-1" })).toBe("Job.NotFound");
  expect(await ask({})).toBe("Forbidden.RAM");
});
