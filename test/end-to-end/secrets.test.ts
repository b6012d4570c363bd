import { randomBytes } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { jsonClient } from "../../shared/adapters/aws-client/json-client.ts";
import { dynamoDb } from "../../shared/adapters/dynamodb/table-call.ts";
import { jsonOf, type Received } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";
import { localAws } from "../support/stack/jobs-table.ts";

const { standdown, send, jobs } = useStanddown();

const canary = (name: string) => `canary${name}${randomBytes(12).toString("hex")}`;
const right = canary("right");
const wrong = canary("wrong");
const tooLong = canary("long").padEnd(300, "x");

const form = { "Content-Type": "application/x-www-form-urlencoded" };
const json = { "Content-Type": "application/json" };
const scope = { regionId: "cn-hangzhou", dbInstanceId: "gp-1", namespace: "ns", collection: "c" };

/** As plain text and in the encodings that a log or a table might have it in. */
const spellings = [right, wrong, tooLong.slice(0, 30)].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString("hex"),
  Buffer.from(secret).toString("base64"),
]);
const revealed = (text: string) => spellings.filter((spelling) => text.includes(spelling));

/** Both operations that take a namespace password, asked in every way that can go right or wrong. */
const useThePasswords = async () => {
  const answers: Received[] = [];
  const keep = async (answer: Promise<Received>) => {
    answers.push(await answer);
    return await answer;
  };
  const { uid, jobId } = await jobs.register({ service: "analyticdb-index", scope, secret: right });
  const cancel = (password: string, more: Record<string, string> = {}, token?: string) => {
    const parameters = new URLSearchParams({
      Version: "2016-05-03",
      RegionId: scope.regionId,
      DBInstanceId: scope.dbInstanceId,
      Namespace: scope.namespace,
      Collection: scope.collection,
      NamespacePassword: password,
      JobId: jobId,
      Action: "CancelCreateIndexJob",
      ...more,
    });
    return [
      () => keep(send("POST", "/", { headers: form, body: parameters.toString(), token })),
      () => keep(send("GET", `/?${parameters}`, { token })),
    ];
  };
  const attempts = [
    ...cancel(wrong),
    ...cancel(tooLong),
    ...cancel(right, { RegionId: "" }),
    ...cancel(right, { JobId: "no such id!" }),
    ...cancel(right, { Action: right }),
    ...cancel(right, { Version: right }),
    ...cancel(right, { Action: "CancelUploadDocumentJob" }),
    ...cancel(right, {}, right),
    () => keep(send("POST", "/", { headers: form, body: `NamespacePassword=${right}&NamespacePassword=${right}` })),
    () => keep(send("POST", "/", { headers: form, body: `${right}=1&${right}=2` })),
    () => keep(send("POST", "/", { headers: json, body: `{"NamespacePassword": "${right}"}` })),
    () => keep(send("POST", "/jobs", { headers: json, body: `{"secret": "${right}"` })),
    () => keep(send("POST", "/jobs", { body: { service: "analyticdb-index", scope, secret: tooLong } })),
    () => keep(send("POST", "/jobs", { body: { service: "analyticdb-index", scope, password: right } })),
    () => keep(send("POST", "/jobs", { body: { service: "dli", scope: { projectId: "p" }, secret: right } })),
    () => keep(send("POST", "/jobs", { body: { service: "analyticdb-index", scope, jobId, secret: wrong } })),
    () => keep(send("GET", `/jobs/${uid}?secret=${right}`)),
    () => keep(send("DELETE", `/v1.0/b02ce40e8cb84a8e980fdb11fac657db/jobs/1?NamespacePassword=${right}`)),
  ];
  for (const attempt of attempts) await attempt();
  for (const attempt of cancel(right)) expect((await attempt()).status).toBe(200);
  await keep(send("GET", `/jobs/${uid}`));
  await keep(send("GET", `/jobs/${uid}/receipt`));
  return { uid, answers };
};

test("a namespace password is shown to nobody and written nowhere", async () => {
  const { uid, answers } = await useThePasswords();

  const refused = answers.filter(({ text }) => text.includes("AccountOrPassword.VerificationError"));
  expect(refused.map(({ status }) => status)).toEqual([500, 500]);
  const revealing = answers.filter(
    ({ status, text, headers }) => revealed(`${status} ${text} ${JSON.stringify(headers)}`).length,
  );
  expect(revealing).toEqual([]);

  // The table holds the job, with the hash of its secret.
  const { dynamodb } = standdown().facts;
  const table = await jsonClient(dynamoDb, localAws(dynamodb.endpoint))("Scan", { TableName: dynamodb.table });
  const items = JSON.stringify(table.Items);
  expect(items).toContain(uid);
  expect(items).toContain("secretHash");
  expect(revealed(items)).toEqual([]);

  // The log has a line for every request, and what was printed is the same lines.
  const { data, output } = standdown();
  const log = readFileSync(path.join(data, "logs/functions.log"), "utf8");
  const requestId = jsonOf<{ RequestId: string }>(refused[0] as Received).RequestId;
  expect(log).toContain(requestId);
  expect(output()).toContain(requestId);
  expect(revealed(log + output())).toEqual([]);

  // Nor is it in any other file: the database's own among them.
  const files = globSync("**/*", { cwd: data }).map((name) => path.join(data, name));
  const contents = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, "latin1"));
  expect(contents.some((content) => content.includes(uid))).toBe(true);
  expect(contents.flatMap(revealed)).toEqual([]);
});
