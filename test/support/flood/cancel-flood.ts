import { randomFrom } from "../../../examples/workers/random.ts";
import { findService } from "../../../functions/registry.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { jobKey, jobUid } from "../../../shared/domain/job-key.ts";
import { nativeParameters } from "../requests/cancel-messages.ts";
import { type CancelRequest, graph, scheduledTask, sqlJob } from "../requests/cancel-requests.ts";
import { aJob } from "../stack/jobs.ts";

/** A message, and how it must end. */
export interface PlannedMessage {
  readonly operation: string;
  readonly body: string;
  readonly end: "done" | "dead-lettered: not-found" | "dead-lettered: malformed";
  /** The job that it cancels. */
  readonly uid?: string;
}

export interface Flood {
  readonly messages: readonly PlannedMessage[];
  /** All that are registered before, the bystanders included. */
  readonly jobs: readonly Job[];
  /** The jobs that are cancelled, and how many of the messages repeat the first that names them. */
  readonly repeats: ReadonlyMap<string, number>;
  /** The keys under which a cancel that came before its job is remembered. */
  readonly tombstones: ReadonlySet<string>;
  /** The ids of what the bus hears: of a queued job also that it stopped, which it has as soon as it is cancelled. */
  readonly events: ReadonlySet<string>;
}

/** Those without passwords: to hash one takes longer than all the rest of a message. */
export const floodedOperations: readonly CancelRequest[] = [graph, scheduledTask, sqlJob];

/** What the messages of one share are for. A bystander is a job that no message names. */
const share = [
  ...Array.from({ length: 13 }, () => "cancel" as const),
  ...Array.from({ length: 3 }, () => "repeat" as const),
  ...(["unknown", "malformed", "early", "early", "bystander"] as const),
];
const messagesInShare = share.length - 1;

/** So many messages or a few more, in equal shares for the operations, in an order that the seed decides. */
export const planFlood = (size: number, seed: number): Flood => {
  const random = randomFrom(seed);
  const shares = Array.from({ length: Math.ceil(size / messagesInShare) }, (_, number) =>
    planShare(floodedOperations[number % floodedOperations.length] ?? sqlJob, number, random),
  );
  const jobs = shares.flatMap((one) => one.jobs);
  const repeats = new Map(shares.flatMap((one) => [...one.repeats]));
  const cancelled = jobs.filter(({ uid }) => repeats.has(uid));
  return {
    messages: shuffled(
      shares.flatMap(({ messages }) => messages),
      random,
    ),
    jobs,
    repeats,
    tombstones: new Set(shares.map(({ tombstone }) => tombstone)),
    events: new Set(cancelled.flatMap(eventsOf)),
  };
};

const planShare = (request: CancelRequest, number: number, random: () => number) => {
  const { operation } = request;
  const early = `early-${number}`;
  const messages: PlannedMessage[] = [];
  const jobs: Job[] = [];
  const repeats = new Map<string, number>();
  for (const [index, kind] of share.entries()) {
    const jobId = `flood-${number}-${index}`;
    const body = bodyFor(request, jobId);
    switch (kind) {
      case "cancel":
      case "bystander": {
        const job = registered(request, jobId);
        jobs.push(job);
        if (kind === "bystander") break;
        repeats.set(job.uid, 0);
        messages.push({ operation, body, end: "done", uid: job.uid });
        break;
      }
      case "repeat": {
        const named = jobs[Math.floor(random() * jobs.length)] ?? registered(request, jobId);
        repeats.set(named.uid, (repeats.get(named.uid) ?? 0) + 1);
        messages.push({ operation, body: bodyFor(request, named.jobId), end: "done", uid: named.uid });
        break;
      }
      case "unknown":
        messages.push({ operation, body, end: "dead-lettered: not-found" });
        break;
      case "malformed":
        messages.push({ operation, body: body.slice(0, -1), end: "dead-lettered: malformed" });
        break;
      case "early":
        messages.push({ operation, body: bodyFor(request, early, { ifUnknown: "tombstone" }), end: "done" });
        break;
      default:
        throw new Error(`unknown kind ${kind satisfies never}`);
    }
  }
  return { messages, jobs, repeats, tombstone: keyOf(request, early) };
};

const eventsOf = ({ uid, state }: Job): readonly string[] =>
  state === "queued" ? [`${uid}/requested`, `${uid}/stopped`] : [`${uid}/requested`];

const bodyFor = (request: CancelRequest, jobId: string, more: object = {}): string =>
  JSON.stringify({
    operation: request.operation,
    parameters: nativeParameters(request, jobId),
    reason: "flood",
    ...more,
  });

const keyOf = ({ service: name, scope }: CancelRequest, jobId: string): string => {
  const service = findService(name);
  return jobKey(name, service.identity(scope), jobId);
};

/** Its lease and its grace outlast the test: what happens to it is what the messages do. */
const registered = (request: CancelRequest, jobId: string): Job => {
  const { service, scope, jobType } = request;
  const registeredAt = Date.now();
  return aJob({
    service,
    scope,
    owner: findService(service).owner(scope),
    jobId,
    jobType,
    uid: jobUid(registeredAt, keyOf(request, jobId)),
    state: request === scheduledTask ? "queued" : "running",
    registeredAt,
    heartbeatTimeoutSeconds: 3600,
    graceSeconds: 3600,
  });
};

const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
