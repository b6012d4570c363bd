import type { Item } from "../../shared/adapters/dynamodb/job-item.ts";
import { toJob } from "../../shared/adapters/dynamodb/job-item.ts";
import { type Instant, isTerminal, type Job } from "../../shared/domain/job.ts";
import type { Ended } from "../../shared/domain/outcome.ts";
import type { Received } from "../support/stack/bundle.ts";
import type { History } from "./history.ts";
import {
  type Circumstances,
  keyOf,
  leaseSeconds,
  type NativeId,
  strangersProject,
  tombstoneSeconds,
  type Violate,
} from "./setting.ts";

interface About {
  readonly id?: NativeId;
  readonly uid?: string;
  readonly askedAt?: Instant;
}

/** What somebody asked, what the answer was, and the commits and moments between which it came. */
interface Observed extends About {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly fromTime: Instant;
  readonly toTime: Instant;
  readonly answer: unknown;
}

export type Answers = ReturnType<typeof createAnswers>;

export const createAnswers = (history: History, { now, count }: Circumstances) => {
  const observed: Observed[] = [];
  return {
    observe: async <Answer>(what: string, about: About, ask: () => Promise<Answer>): Promise<Answer> => {
      const [from, fromTime] = [history.length(), now()];
      const answer = await ask();
      observed.push({ what, ...about, from, to: history.length(), fromTime, toTime: now(), answer });
      count(what);
      return answer;
    },
    observed: (): readonly Observed[] => observed,
  };
};

/** Holds what was answered against the commits that there were meanwhile. */
export const checkAnswers = (answers: Answers, history: History, violate: Violate): void => {
  for (const each of answers.observed()) checks[each.what]?.(each, history, violate);
  checkFinishes(answers, violate);
  checkLeases(answers, history, violate);
};

type Check = (observed: Observed, history: History, violate: Violate) => void;

const received = ({ answer }: Observed): Received => answer as Received;

const versionsOf = (history: History, { uid = "", from, to }: Pick<Observed, "uid" | "from" | "to">): readonly Job[] =>
  history.versions(uid, from, to);

const checkRead: Check = (observed, history, violate) => {
  const { status, body } = received(observed);
  if (status === 404) violate("a registered job was not found");
  if (status !== 200) return;
  const isLinear = versionsOf(history, observed).some(
    ({ state, heartbeatAt }) => state === body.state && heartbeatAt === Date.parse(String(body.heartbeatAt)),
  );
  if (!isLinear) violate("a read of what never stood");
};

const checkRegistration: Check = (observed, history, violate) => {
  const { status, body } = received(observed);
  if (status === 201 && history.first(String(body.uid)) === undefined) violate("registered, and not on record");
};

const checkFinish: Check = (observed, history, violate) => {
  const { status, body } = received(observed);
  if (status === 404) violate("a registered job was not found");
  if (status === 200 && !versionsOf(history, observed).some(({ state }) => state === body.state))
    violate("a finish that is not on record");
};

const checkCancel: Check = (observed, history, violate) => {
  const { kind, job } = observed.answer as Ended<string>;
  const { id, from, to } = observed;
  const newest = id ? history.newest(keyOf(id), from, to) : [];
  if (kind === "accepted" && !isOnRecord(history, observed, job)) violate("accepted, and not on record");
  if (observed.what !== "cancel") return;
  const isMeant = ({ uid }: Item) => uid?.S === job?.uid;
  if (kind === "accepted" && !newest.some((item) => item && isMeant(item)))
    violate("a cancel of an incarnation that was not the newest meanwhile");
  if (kind === "too-late" && !newest.some((item) => item && isMeant(item) && isTerminal(toJob(item).state)))
    violate("too late, although no ended job was the newest meanwhile");
  if (kind === "not-found" && newest.every((item) => item?.uid !== undefined))
    violate("not found, although a job was there all the time");
};

const isOnRecord = (history: History, { from, to }: Observed, job: Job | undefined): boolean =>
  versionsOf(history, { uid: job?.uid ?? "", from, to }).some(({ cancellation }) => cancellation !== undefined);

const checkMessage: Check = (observed, history, violate) => {
  checkCancel(observed, history, violate);
  const { id, askedAt = 0, to, fromTime } = observed;
  const { kind, job } = observed.answer as Ended<string>;
  // A queue's clock and a function's may be two seconds apart.
  if (kind === "accepted" && job?.supersedes && job.registeredAt > askedAt + 2_000)
    violate("a message touched a later incarnation");
  if (kind !== "remembered" || id === undefined) return;
  const until = fromTime + tombstoneSeconds * 1000 - 1_000;
  const isStarted = history
    .commits()
    .some(
      ({ number, item }) =>
        number >= to && item.pk?.S === keyOf(id) && item.sk?.S === "current" && Number(item.registeredAt?.N) < until,
    );
  if (isStarted) violate("a job started although its cancel was remembered");
};

/** Whoever may not see a job changes nothing of it, and learns nothing. */
const checkStranger: Check = (observed, history, violate) => {
  const { status } = received(observed);
  const isOwn = history.last(observed.uid ?? "").owner === strangersProject;
  // A table that throttles or is away lets nobody in either.
  const isNoAnswer = status === 429 || status >= 500;
  if (!isOwn && status !== 404 && !isNoAnswer) violate("a stranger was let in", status);
};

const checks: Readonly<Record<string, Check>> = {
  read: checkRead,
  register: checkRegistration,
  finish: checkFinish,
  cancel: checkCancel,
  message: checkMessage,
  stranger: checkStranger,
};

const checkFinishes = (answers: Answers, violate: Violate): void => {
  const recorded = answers.observed().filter((each) => each.what === "finish" && received(each).status === 200);
  const uids = recorded.map(({ uid }) => uid);
  if (new Set(uids).size < uids.length) violate("two finishes recorded for one job");
};

/** A lease that a heartbeat was answered holds: no end by silence comes before it, and no report is refused. */
const checkLeases = (answers: Answers, history: History, violate: Violate): void => {
  const beats = answers.observed().filter((each) => each.what === "heartbeat");
  for (const beat of beats) {
    const { status, body } = received(beat);
    if (status === 404) violate("a heartbeat of a registered job was not found");
    if (status !== 200) continue;
    const job = history.last(beat.uid ?? "");
    const evidence = job.cancellation?.evidence;
    const until = Date.parse(String(body.leaseExpiresAt));
    if (evidence?.kind === "lease-expired" && evidence.at < until)
      violate("presumed to have stopped before the end of a lease", until - evidence.at);
    if (job.state === "failed" && job.error?.startsWith("no heartbeat") && (job.endedAt ?? 0) < until - 1_000)
      violate("replaced before the end of a lease", until - (job.endedAt ?? 0));
  }
  for (const refused of beats.filter((each) => received(each).status === 409)) {
    const renewed = beats.filter(
      (each) => each.uid === refused.uid && received(each).status === 200 && each.to <= refused.from,
    );
    const until = Math.max(...renewed.map(({ fromTime }) => fromTime + leaseSeconds * 1000));
    const kind = history.last(refused.uid ?? "").cancellation?.evidence?.kind;
    // A report may come within the lease, and wait for a table that throttles until the lease is over.
    if (kind === "lease-expired" && refused.toTime < until) violate("refused within a lease", until - refused.toTime);
  }
};
