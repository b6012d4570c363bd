import type { Item } from "../../shared/adapters/dynamodb/job-item.ts";
import { toJob } from "../../shared/adapters/dynamodb/job-item.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";

/** One item as a write left it. */
export interface Commit {
  readonly number: number;
  readonly at: Instant;
  readonly by: string;
  readonly item: Item;
}

/** What stood at the place of a commit before it, and the last commit of the same incarnation. */
export type CommitCheck = (commit: Commit, stood: Item | undefined, before: Item | undefined) => void;

export type History = ReturnType<typeof createHistory>;

const placeOf = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;

/** Every write to the table, in order, each checked when it is made. */
export const createHistory = (check: CommitCheck) => {
  const commits: Commit[] = [];
  const standing = new Map<string, Item>();
  const incarnations = new Map<string, Commit[]>();

  return {
    note: (by: string, at: Instant, item: Item) => {
      const commit = { number: commits.length, at, by, item };
      const stood = standing.get(placeOf(item));
      const uid = isJob(item) ? item.uid?.S : undefined;
      const versions = uid === undefined ? [] : (incarnations.get(uid) ?? []);
      check(commit, stood, versions.at(-1)?.item);
      commits.push(commit);
      standing.set(placeOf(item), item);
      if (uid !== undefined) incarnations.set(uid, [...versions, commit]);
    },
    length: () => commits.length,
    commits: (): readonly Commit[] => commits,
    /** What stands in the table; or what stood there so many commits ago, as an index that lags shows it. */
    items: (lag = 0): readonly Item[] => {
      if (lag === 0) return [...standing.values()];
      const then = new Map<string, Item>();
      for (const { item } of commits.slice(0, Math.max(0, commits.length - lag))) then.set(placeOf(item), item);
      return [...then.values()];
    },
    uids: (): readonly string[] => [...incarnations.keys()],
    last: (uid: string): Job => toJob(incarnations.get(uid)?.at(-1)?.item ?? {}),
    first: (uid: string): Commit | undefined => incarnations.get(uid)?.[0],
    /** An incarnation as it was before the first of these commits, and after each of them. */
    versions: (uid: string, from: number, to: number): readonly Job[] =>
      within(incarnations.get(uid) ?? [], from, to).map(({ item }) => toJob(item)),
    /** What stood under a key before the first of these commits, and after each; undefined where nothing did. */
    newest: (key: string, from: number, to: number): readonly (Item | undefined)[] => {
      const under = commits.filter(({ item }) => item.pk?.S === key && item.sk?.S === "current");
      const seen = within(under, from, to).map(({ item }) => item);
      return under.some(({ number }) => number < from) ? seen : [undefined, ...seen];
    },
  };
};

export const isJob = ({ sk, uid }: Item): boolean => uid !== undefined && (sk?.S === "current" || sk?.S === uid.S);

const within = (commits: readonly Commit[], from: number, to: number): readonly Commit[] => {
  const before = commits.findLast(({ number }) => number < from);
  return [...(before ? [before] : []), ...commits.filter(({ number }) => number >= from && number < to)];
};
