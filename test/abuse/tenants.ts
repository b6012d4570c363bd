import { ConfigError, parseConfig } from "../../shared/config/document.ts";
import { aRecord, deliver, messageFor } from "../support/requests/cancel-messages.ts";
import { callJobApi, createIndex, graph, sqlJob, toReceipt } from "../support/requests/cancel-requests.ts";
import { inProcessBundle } from "../support/stack/bundle.ts";
import { type Attempt, aLastingJob, document, projects, type World } from "./world.ts";

const ofAlice = { ...sqlJob, scope: { projectId: projects.alice } };

type Way = (
  world: World,
  job: { readonly uid: string; readonly jobId: string },
) => Promise<{ status: number; text: string }>;

/** Whatever bob can ask for, of a job of alice's. */
const ways: readonly Way[] = [
  ...(["", "/receipt"] as const).map(
    (path): Way =>
      ({ bundle }, { uid }) =>
        callJobApi(bundle, "GET", `/jobs/${uid}${path}`, undefined, "bob-token"),
  ),
  ...(
    [
      ["cancel", {}],
      ["heartbeat", {}],
      ["finish", { outcome: "failed" }],
    ] as const
  ).map(
    ([path, body]): Way =>
      ({ bundle }, { uid }) =>
        callJobApi(bundle, "POST", `/jobs/${uid}/${path}`, body, "bob-token"),
  ),
  ({ bundle }, { jobId }) =>
    sqlJob.send(bundle, jobId, { token: "bob-token", parameters: { project_id: projects.alice } }),
  ({ bundle }, { jobId }) =>
    sqlJob.send(bundle, jobId, { token: "bob-token", parameters: { project_id: projects.bob } }),
  ({ bundle }, { jobId }) =>
    callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: { projectId: projects.alice }, jobId }, "bob-token"),
  ({ bundle }) => callJobApi(bundle, "GET", `/jobs?service=dli&project=${projects.alice}`, undefined, "bob-token"),
  ({ bundle }) => callJobApi(bundle, "GET", "/jobs?state=running&limit=100", undefined, "bob-token"),
];

const trespassing: Attempt = async (world) => {
  const job = await aLastingJob(world, ofAlice, { labels: { team: "alices" } });
  const { status, text } = await world.pick(ways)(world, job);
  if ((await world.stateOf(job.uid)) !== "running") return "bob stopped a job of alice's";
  if (text.includes(job.uid) || text.includes("alices")) return `bob saw a job of alice's: ${text.slice(0, 200)}`;
  return status >= 500 ? `answered with ${status}` : undefined;
};

const takingOver: Attempt = async (world) => {
  const shared = { ...sqlJob, scope: { projectId: projects.bob } };
  const bundle = inProcessBundle(world.table, {
    principals: document.principals.map((each) => ({
      ...each,
      policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
    })),
  });
  const within: World = { ...world, bundle };
  const { jobId, uid } = await aLastingJob(within, shared, {}, "alice-token");
  if (world.random(2) === 0)
    await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "succeeded" }, "alice-token");
  const key = { "idempotency-key": "k" };
  const body = JSON.stringify({ service: "dli", scope: shared.scope, jobId });
  const headers = {
    authorization: "Bearer bob-token",
    "content-type": "application/json",
    ...(world.random(2) ? key : {}),
  };
  const { status, text } = await bundle.send("POST", "/jobs", { headers, body });
  return status === 409 && !text.includes(uid) ? undefined : `the id of another account's job: ${status} ${text}`;
};

const forgingCursors: Attempt = async (world) => {
  await Promise.all([aLastingJob(world, ofAlice), aLastingJob(world, ofAlice)]);
  const list = (query: string, token: string) => callJobApi(world.bundle, "GET", `/jobs?${query}`, undefined, token);
  const { body } = await list("service=dli&limit=1", "alice-token");
  const cursor = String(body.cursor);
  if (Buffer.from(cursor, "base64url").includes(projects.alice)) return "a cursor says whose it is";
  const at = world.random(cursor.length);
  const forged = world.pick([
    () => cursor,
    () => cursor.slice(0, at) + (cursor[at] === "A" ? "B" : "A") + cursor.slice(at + 1),
    () => cursor.slice(0, at + 1),
    () => Buffer.from(JSON.stringify({ service: "dli", after: { pk: world.random(9) } })).toString("base64url"),
    () => Buffer.from(JSON.stringify({ listKey: { S: projects.alice } })).toString("base64url"),
  ])();
  const byBob = await list(`service=dli&cursor=${forged}`, "bob-token");
  if (byBob.status !== 400 || byBob.text.includes(projects.alice))
    return `bob's list with it: ${byBob.status} ${byBob.text}`;
  if (forged === cursor) return undefined;
  const byAlice = await list(`service=dli&limit=1&cursor=${forged}`, "alice-token");
  return byAlice.status === 400 ? undefined : `a forged cursor was answered with ${byAlice.status}`;
};

const queues = ["production", "etl", "prod", "etl_2"] as const;

/** What the policies say, worked out anew. */
const mayCancel = (
  rules: readonly { readonly effect: string; readonly pattern: string }[],
  resource: string,
): boolean => {
  const matching = rules.filter(({ pattern }) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(resource));
  return matching.some(({ effect }) => effect === "allow") && matching.every(({ effect }) => effect !== "deny");
};

const pickingQueues: Attempt = async (world) => {
  const patterns = [
    "*",
    "dli:*",
    "dli:*:queue/production",
    "dli:*:queue/prod*",
    "dli:*:queue/*",
    "dli:*:queue/etl",
    `dli:${projects.bob}:*`,
  ];
  const rules = Array.from({ length: 1 + world.random(3) }, () => ({
    effect: world.pick(["allow", "allow", "deny"] as const),
    pattern: world.pick(patterns),
  }));
  const queueName = world.pick(queues);
  const job = await aLastingJob(world, { ...sqlJob, scope: { projectId: projects.alice, queueName } });
  const policies = rules.map(({ effect, pattern }) => ({ effect, actions: ["*"], resources: [pattern] }));
  const bundle = inProcessBundle(world.table, {
    principals: [{ name: "x", tokens: [{ value: "x-token" }], policies }],
  });
  await sqlJob.send(bundle, job.jobId, { token: "x-token", parameters: { project_id: projects.alice } });
  const isStopped = (await world.stateOf(job.uid)) === "stopping";
  const expected = mayCancel(rules, `dli:${projects.alice}:queue/${queueName}`);
  return isStopped === expected
    ? undefined
    : `${JSON.stringify(rules)} let a job of ${queueName} ${isStopped ? "be stopped" : "run on"}`;
};

const guessing: Attempt = async (world) => {
  const { jobId, uid } = await aLastingJob(world, createIndex);
  const guess = (NamespacePassword: string) =>
    createIndex.send(world.bundle, jobId, { token: "alice-token", parameters: { NamespacePassword } });
  for (let count = 0; count < 6; count++) await guess(`guess-${world.random(1e9)}`);
  const { body } = await guess("testpassword");
  if (body.Code !== "AccountOrPassword.Locked") return `the seventh was answered with ${body.Code}`;
  return (await world.stateOf(uid)) === "running" ? undefined : "a job was stopped by guessing";
};

const pretending: Attempt = async (world) => {
  const request = world.pick([sqlJob, graph]);
  const { jobId, uid } = await aLastingJob(world, request);
  const claims = { requestedBy: world.pick(["alice", "ops", "policy:max-runtime"]), reason: "policy:max-runtime" };
  await deliver(request.operation, world.bundle.services, [aRecord(messageFor(request, jobId, claims))]);
  const receipt = await toReceipt(world.bundle, uid);
  const isHonest =
    receipt.requestedBy === "events" && receipt.onBehalfOf === claims.requestedBy && receipt.trigger === "queue";
  return isHonest ? undefined : `the receipt says ${JSON.stringify(receipt)}`;
};

const contradicting: Attempt = async ({ random, pick }) => {
  const [first, second] = structuredClone([document.principals[1], document.principals[2]]) as [object, object];
  const secret = `canary-${random(1e9)}`;
  const faults: readonly (() => object | string)[] = [
    () => ({ principals: [first, { ...second, name: "alice" }] }),
    () => ({
      principals: [
        { ...first, tokens: [{ value: secret }] },
        { ...second, tokens: [{ value: secret }] },
      ],
    }),
    () => ({ principals: [{ ...first, tokens: [{ value: secret, expires: "2027-02-31T00:00:00Z" }] }] }),
    () => ({ principals: [{ ...first, tokens: [{ value: secret, projects: ["*"] }] }] }),
    () => ({ principals: [{ ...first, tokens: [{ value: `${secret} x` }] }] }),
    () => ({
      principals: [
        { ...first, triggers: ["queue"] },
        { ...second, triggers: ["queue"] },
      ],
    }),
    () => ({
      principals: [
        { ...first, triggers: ["queue"], senders: ["A*"] },
        { ...second, triggers: ["queue"], senders: ["*B"] },
      ],
    }),
    () => ({
      principals: [
        {
          ...first,
          accessKeys: [
            { id: "k", secret },
            { id: "k", secret },
          ],
        },
      ],
    }),
    () => ({ principals: [first], queues: { tombstoneSeconds: 1e15 } }),
    () => `{"principals":[{"name":"x","policies":[],"policies":[],"tokens":[{"value":"${secret}"}]}]}`,
    () => `{"principals":[{"name":"x","tokens":[{"value":"${secret}"`,
  ];
  const given = pick(faults)();
  try {
    parseConfig("the document", typeof given === "string" ? given : JSON.stringify(given));
  } catch (error) {
    if (!(error instanceof ConfigError)) return `it fails with ${error}`;
    return error.message.includes(secret) ? "the fault tells a secret" : undefined;
  }
  return `taken without a word: ${JSON.stringify(given)}`;
};

export const ofTenants: Readonly<Record<string, Attempt>> = {
  "jobs of another tenant": trespassing,
  "ids of another account": takingOver,
  "cursors, forged and stolen": forgingCursors,
  "queues that a policy keeps out": pickingQueues,
  "secrets of jobs, guessed": guessing,
  "messages that say who they are from": pretending,
  "configurations that contradict themselves": contradicting,
};
