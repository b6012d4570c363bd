import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as schemas from "../../../functions/jobs/response-schemas.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { callJobApi, createIndex, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { inProcessBundle, project, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const sixteenLabels = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`label-${n}`, "x".repeat(128)]));

const call = (method: string, path: string, body?: object, token?: string) =>
  callJobApi(bundle, method, path, body, token);

describe("who may see and touch what", () => {
  const paths = [
    ["GET", ""],
    ["GET", "/receipt"],
    ["POST", "/heartbeat"],
    ["POST", "/cancel"],
  ] as const;

  test.each(paths)("%s /jobs/{uid}%s of another's job is answered as of none", async (method, path) => {
    const { uid } = await registerJob(bundle, createIndex, "stopping", {}, "account-1-token");
    const unknown = `${uid.slice(0, 10)}${"0".repeat(16)}`;
    const strip = ({ status, body: { requestId, ...rest } }: { status: number; body: Record<string, unknown> }) => ({
      status,
      ...rest,
    });
    const foreign = strip(await call(method, `/jobs/${uid}${path}`, undefined, "account-2-token"));
    expect(foreign).toEqual(strip(await call(method, `/jobs/${unknown}${path}`, undefined, "account-2-token")));
    expect(foreign.status).toBe(404);
  });

  test("is read for as often as none, so that the time tells nothing either", async () => {
    const reads: string[] = [];
    const { call: callTable, table } = bundle.table();
    const counted = async (...[operation, input]: Parameters<typeof callTable>) => {
      reads.push(operation);
      return callTable(operation, input);
    };
    const jobs = dynamoDbJobStore({ call: counted, table, newWriteId: () => crypto.randomUUID() });
    const counting = inProcessBundle({ ...bundle.table(), jobs });
    const { uid } = await registerJob(bundle, createIndex, "running", { labels: sixteenLabels }, "account-1-token");
    const guessedTime = `01M8A00000${uid.slice(10)}`;
    const guessedAll = `${uid.slice(0, 10)}${"0".repeat(16)}`;
    // The first of them is remembered from then on.
    for (const each of [uid, uid, guessedTime, guessedAll]) {
      reads.length = 0;
      expect((await callJobApi(counting, "GET", `/jobs/${each}`, undefined, "account-2-token")).status).toBe(404);
      expect(reads).toEqual(["GetItem", "GetItem"]);
    }
  });

  test("another account's job is not found by its native id either", async () => {
    const { jobId } = await registerJob(bundle, createIndex, "running", {}, "account-1-token");
    expect((await createIndex.send(bundle, jobId, { token: "account-2-token" })).body.Code).toBe("Job.NotFound");
    expect((await createIndex.send(bundle, jobId, { token: "account-1-token" })).status).toBe(200);
  });

  test.each([...paths, ["POST", "/finish"] as const])(
    "%s /jobs/{uid}%s is forbidden to whom no policy allows it, whatever the job",
    async (method, path) => {
      const body = path === "/finish" ? { outcome: "failed" } : undefined;
      const { status, body: problem } = await call(
        method,
        `/jobs/01M81B5H806VX1FQP1DXEGF1DZ${path}`,
        body,
        "nobody-token",
      );
      expect([status, problem.code]).toEqual([403, "forbidden"]);
    },
  );

  test("another account's job keeps its id, and tells nothing of itself", async () => {
    const { jobId, uid } = await registerJob(bundle, createIndex, "running", {}, "account-1-token");
    const registration = { service: createIndex.service, scope: createIndex.scope, jobId };
    const { status, body, text } = await call("POST", "/jobs", registration, "account-2-token");
    expect([status, body.code]).toEqual([409, "job-already-active"]);
    expect(text).not.toContain(uid);
    expect((await call("POST", "/jobs", registration, "account-1-token")).body.job).toMatchObject({ uid });
  });

  test("a token is good for its projects only", async () => {
    const { uid } = await registerJob(bundle, { ...sqlJob, scope: { projectId: "another" } });
    expect((await call("GET", `/jobs/${uid}`, undefined, "tenant-token")).status).toBe(404);
    const reply = await call("POST", "/jobs", { service: "dli", scope: { projectId: "another" } }, "tenant-token");
    expect([reply.status, reply.body.code]).toEqual([403, "forbidden"]);
  });

  test.each([
    ["nothing", {}, "Bearer"],
    ["an unknown token", { authorization: "Bearer wrong" }, 'Bearer error="invalid_token"'],
    ["an expired token", { authorization: "Bearer old-token" }, 'Bearer error="invalid_token"'],
    ["another scheme", { authorization: "Basic b3BzOm9wcw==" }, "Bearer"],
  ])("%s is 401 with a challenge", async (_, headers, challenge) => {
    const reply = await bundle.send("GET", "/jobs", { headers });
    expect([reply.status, reply.body.code, reply.headers["WWW-Authenticate"]]).toEqual([
      401,
      "unauthenticated",
      challenge,
    ]);
  });
});

describe("GET /jobs", () => {
  test("filters by service, project, state and label, and pages", async () => {
    const scope = { projectId: "listing" };
    for (let i = 0; i < 5; i++) {
      bundle.clock.time += 1;
      await registerJob(bundle, { ...sqlJob, scope }, i % 2 ? "stopping" : "running", {
        labels: { team: i < 3 ? "etl" : "bi" },
      });
    }
    const list = async (query: string) => (await call("GET", `/jobs?project=listing${query}`)).body;
    const first = v.parse(schemas.jobPage, await list("&limit=2"));
    expect(first.jobs).toHaveLength(2);
    expect(v.parse(schemas.jobPage, await list(`&limit=100&cursor=${first.cursor}`))).toMatchObject({
      jobs: { length: 3 },
      cursor: null,
    });
    expect((await list("&service=dli&state=stopping")).jobs).toHaveLength(2);
    expect((await list("&service=dds")).jobs).toHaveLength(0);
    expect((await list("&label=team%3Detl")).jobs).toHaveLength(3);
    expect((await list("&label=team")).jobs).toHaveLength(5);
    expect((await list("&label=size")).jobs).toHaveLength(0);
  });

  test("gives a cursor that tells nothing, and that is good for nobody and nothing else", async () => {
    for (let i = 0; i < 3; i++) await registerJob(bundle, { ...sqlJob, scope: { projectId: "sealed" } });
    const list = (query: string, token?: string) => call("GET", `/jobs?project=sealed${query}`, undefined, token);
    const { cursor } = v.parse(schemas.jobPage, (await list("&limit=2")).body);
    if (cursor === null) throw new Error("there is another page");
    for (const text of ["sealed", "dli", "listKey"])
      expect(Buffer.from(cursor, "base64url").toString()).not.toContain(text);
    expect((await list(`&cursor=${cursor}`)).status).toBe(200);
    expect((await list(`&state=running&cursor=${cursor}`)).status).toBe(400);
    expect((await call("GET", `/jobs?cursor=${cursor}`)).status).toBe(400);
    expect((await call("GET", `/jobs?cursor=${cursor}`, undefined, "tenant-token")).status).toBe(400);
    for (const at of [0, 20, cursor.length - 2]) {
      const forged = `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;
      expect((await list(`&cursor=${forged}`)).status).toBe(400);
    }
  });

  test("leaves out what the principal may not see", async () => {
    await registerJob(bundle, { ...sqlJob, scope: { projectId: "hidden" } });
    await registerJob(bundle, sqlJob);
    const { jobs } = v.parse(schemas.jobPage, (await call("GET", "/jobs?limit=100", undefined, "tenant-token")).body);
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.every(({ scope }) => scope.projectId === project)).toBe(true);
  });

  test.each([
    "state=done",
    "limit=0",
    "limit=x",
    "cursor=@",
    "cursor=bm90aGluZw",
    "service=emr",
    "color=red",
    "state=running&state=queued",
    "label=%ZZ",
  ])("refuses ?%s", async (query) => {
    expect((await call("GET", `/jobs?${query}`)).status).toBe(400);
  });
});
