import { randomFrom } from "../../examples/workers/random.ts";
import { parseConfig } from "../../shared/config/document.ts";
import { callJobApi, registerJob } from "../support/requests/cancel-requests.ts";
import { inProcessBundle } from "../support/stack/bundle.ts";
import { now } from "../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";

export const projects = { alice: "a".repeat(31).concat("1"), bob: "b".repeat(31).concat("1") };

export const aliceKey = { id: "alice-ak", secret: "alice-sk" };

const allow = (resources: readonly string[]) => [{ effect: "allow", actions: ["*"], resources }];

/** Two tenants with accounts of their own, one who may cancel all but one queue, and the principal of the queues. */
export const document = parseConfig(
  "the campaign",
  JSON.stringify({
    principals: [
      { name: "ops", tokens: [{ value: "ops-token" }], policies: allow(["*"]) },
      {
        ...{ name: "alice", account: "1", tokens: [{ value: "alice-token" }], accessKeys: [aliceKey] },
        policies: allow([`*${projects.alice}*`, "*gp-alice*", "*gp-bp1234567890*"]),
      },
      {
        ...{ name: "bob", account: "2", tokens: [{ value: "bob-token" }] },
        policies: allow([`*${projects.bob}*`, "*gp-bob*"]),
      },
      { name: "events", triggers: ["queue"], policies: allow(["*"]) },
    ],
  }),
);

export type Random = (most: number) => number;

export interface World {
  readonly table: JobsTable;
  readonly bundle: ReturnType<typeof inProcessBundle>;
  /** A whole number from 0 to one less than `most`. */
  readonly random: Random;
  readonly pick: <Value>(from: readonly Value[]) => Value;
  readonly stateOf: (uid: string) => Promise<unknown>;
  stop(): Promise<void>;
}

/** Says what fell; nothing where the attempt was withstood. */
export type Attempt = (world: World) => Promise<string | undefined>;

const lasting = { heartbeatTimeoutSeconds: 86_400, graceSeconds: 86_400 };

/** A job that stays as it is for the length of an attempt. */
export const aLastingJob = (
  { bundle }: World,
  request: Parameters<typeof registerJob>[1],
  more: object = {},
  token?: string,
) => registerJob(bundle, request, request.service === "dds" ? "queued" : "running", { ...lasting, ...more }, token);

export const startWorld = async (seed: number): Promise<World> => {
  const table = await startJobsTable();
  const bundle = inProcessBundle(table, document);
  bundle.clock.time = now;
  const next = randomFrom(seed);
  const random: Random = (most) => Math.floor(next() * most);
  return {
    table,
    bundle,
    random,
    pick: (from) => from[random(from.length)] as never,
    stateOf: async (uid) => (await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state,
    stop: () => table.stop(),
  };
};
