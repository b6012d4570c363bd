import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { jitteredMs, pause } from "../../concurrency/back-off.ts";
import type { Change } from "../../domain/change.ts";
import { type Instant, isForeign, isTerminal, type Job, joinTombstones, type Tombstone } from "../../domain/job.ts";
import { jobUid, uidToKey, uidToTime } from "../../domain/job-key.ts";
import { isKeyed } from "../../domain/registration-id.ts";
import { inheritDigests } from "../../domain/request-digests.ts";
import { type JobStore, type Ownership, StoreUnavailable, type Written } from "../../ports/job-store.ts";
import { countedWrites, movesOf } from "./counted-writes.ts";
import { count, toCountUpdates } from "./counts.ts";
import {
  current,
  type Item,
  registrationKey,
  timeToLive,
  toItem,
  toJob,
  toJobIfAny,
  toJobItem,
  toRegistrationItem,
  toTombstone,
  toTombstoneItem,
} from "./job-item.ts";
import { listJobs } from "./job-list.ts";
import { labelReader, partLabels } from "./labels-item.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { conflictingItem, isLostRace, storeCall, type TableAccess } from "./table-call.ts";
import { toUpdate } from "./update-expression.ts";

/** Few come at once for one job. */
const maxTurns = 8;
const firstPauseMs = 10;

/** What an environment remembers of jobs, which never changes. Bounded to some 2 MB each. */
export interface JobMemory {
  readonly ownerships: RecentlyUsed<Ownership>;
  readonly labels: RecentlyUsed<AttributeValue>;
}

export const jobMemory = (): JobMemory => ({ ownerships: new RecentlyUsed(10_000), labels: new RecentlyUsed(1_000) });

/** Keeps jobs in one DynamoDB table (table.yml, docs/decisions/0003). */
export const dynamoDbJobStore = (
  { call: callDirectly, table, newWriteId, wait = pause }: TableAccess,
  memory = jobMemory(),
): JobStore => {
  const call = storeCall(callDirectly);
  const complete = labelReader(call, table, memory.labels);

  const toWholeJob = async (item: Item | undefined): Promise<Job | undefined> =>
    item && toJobIfAny(await complete(item));

  const readItem = async (pk: string, sk: string): Promise<Item | undefined> => {
    const { Item } = await call("GetItem", { TableName: table, Key: toItem({ pk, sk }), ConsistentRead: true });
    return Item as Item | undefined;
  };

  const counted = countedWrites({ call, table, readItem, wait });

  const read = async (pk: string, sk: string): Promise<Job | undefined> => toWholeJob(await readItem(pk, sk));

  /** Puts an item, unless one stands there that is no outdated tombstone: then that one is returned. */
  const put = async (item: Item, now: Instant, secretHash?: string): Promise<Item | undefined> => {
    const isFree = "attribute_not_exists(pk) OR tombstoneUntil <= :now";
    const isOfAnother = "(attribute_exists(secretHashes) AND NOT contains(secretHashes, :secretHash))";
    const request = {
      TableName: table,
      Item: item,
      ConditionExpression: secretHash === undefined ? isFree : `${isFree} OR ${isOfAnother}`,
      ExpressionAttributeValues: toItem({ ":now": now, ":secretHash": secretHash }),
    };
    if (item.counted) return counted.put(request);
    try {
      await call("PutItem", { ...request, ReturnValuesOnConditionCheckFailure: "ALL_OLD" });
      return undefined;
    } catch (error) {
      return conflictingItem(error);
    }
  };

  /** Joins a tombstone to the one that stands. Returns false where that one has changed since. */
  const join = async (standing: Item, tombstone: Tombstone): Promise<boolean> => {
    const first = toTombstone(standing);
    if (first === undefined) throw new Error("not the item of a tombstone");
    const { latest, until } = joinTombstones(first, tombstone);
    // Without hashes the first one keeps out every job.
    const hash = standing.secretHashes && tombstone.secretHash;
    try {
      await call("UpdateItem", {
        TableName: table,
        Key: { pk: standing.pk, sk: standing.sk },
        UpdateExpression: `SET ${latest ? "tombstone.latest = :latest, " : ""}tombstone.#until = :until, tombstoneUntil = :until, expiresAt = :expiresAt${hash ? " ADD secretHashes :hashes" : ""}`,
        ConditionExpression: `tombstoneUntil = :before${hash ? " AND attribute_exists(secretHashes)" : ""}`,
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: toItem({
          ":latest": latest,
          ":until": until,
          ":expiresAt": timeToLive(until),
          ":before": first.until,
          ":hashes": hash ? new Set([hash]) : undefined,
        }),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      return true;
    } catch (error) {
      conflictingItem(error);
      return false;
    }
  };

  /** Moves an ended incarnation under its own uid and puts the new one in its place, in one transaction. */
  const supersede = async (ended: Item, job: Job, registration: string): Promise<boolean> => {
    const { uid, write } = ended;
    const { item, labels } = partLabels(toJobItem(job, registration));
    if (!uid || !write) throw new Error("not the item of a job");
    const former = ended.registration?.S ?? "";
    try {
      await call("TransactWriteItems", {
        TransactItems: [
          { Put: { TableName: table, Item: { ...ended, sk: uid } } },
          ...(isKeyed(former)
            ? [{ Put: { TableName: table, Item: toRegistrationItem(former, job.registeredAt, uid) } }]
            : []),
          ...(labels ? [{ Put: { TableName: table, Item: labels } }] : []),
          {
            Put: {
              TableName: table,
              Item: item,
              // The ended item has not changed since it was read.
              ConditionExpression: "uid = :uid AND #write = :write",
              ExpressionAttributeNames: { "#write": "write" },
              ExpressionAttributeValues: { ":uid": uid, ":write": write },
            },
          },
          ...toCountUpdates(table, [...movesOf(ended, -1), ...movesOf(item, 1)]),
        ],
      });
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  };

  /** The job that a registration gave which may be sent again, though another has taken its place since. */
  const formerOf = async (registration: string): Promise<Job | undefined> => {
    if (!isKeyed(registration)) return undefined;
    const Key = registrationKey(registration);
    const { Item } = await call("GetItem", { TableName: table, Key, ConsistentRead: true });
    const uid = (Item as Item | undefined)?.uid?.S;
    return uid === undefined ? undefined : get(uid);
  };

  const get = async (uid: string): Promise<Job | undefined> => {
    const key = uidToKey(uid);
    const newest = await read(key, current);
    return newest === undefined || newest.uid === uid ? newest : read(key, uid);
  };

  const write = async (pk: string, sk: string, change: Change): Promise<Written> => {
    const id = newWriteId();
    const request = { TableName: table, Key: toItem({ pk, sk }), ...toUpdate(pk, change, id) };
    // Only the store knows which jobs are counted: one of them refuses this, and is written together with its counts.
    const isUncounted = change.set?.state === undefined ? "" : " AND attribute_not_exists(counted)";
    try {
      const { Attributes } = await call("UpdateItem", {
        ...request,
        ConditionExpression: `${request.ConditionExpression}${isUncounted}`,
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      return { applied: true, job: toJob(await complete(Attributes as Item)) };
    } catch (error) {
      const found = conflictingItem(error);
      const isApart = found?.counted !== undefined && isUncounted !== "";
      const { item, isWritten = item?.write?.S === id } = isApart
        ? await counted.update(request, found, change)
        : { item: found };
      const job = await toWholeJob(item);
      return job === undefined ? { applied: false, job } : { applied: isWritten, job };
    }
  };

  return {
    get,

    newest: (key) => read(key, current),

    async ownership(uid, mayTouch) {
      const remembered = memory.ownerships.get(uid);
      if (remembered && mayTouch(remembered)) return remembered;
      const key = uidToKey(uid);
      // One after the other: a job that is superseded meanwhile would be in neither place.
      const newest = await readItem(key, current);
      const former = await readItem(key, uid);
      const item = newest?.uid?.S === uid ? newest : former;
      const job = toJobIfAny(item);
      if (item === undefined || job === undefined) return undefined;
      const { service, scope, owner, account } = job;
      const ownership = { uid, service, scope, owner, ...(account === undefined ? {} : { account }) };
      memory.ownerships.set(uid, ownership);
      if (!mayTouch(ownership)) return undefined;
      // What follows needs the labels, which are remembered as well.
      await complete(item);
      return ownership;
    },

    async register(job, registration) {
      let next = job;
      for (let turn = 0; turn < maxTurns; turn++) {
        const { item, labels } = partLabels(toJobItem(next, registration));
        if (labels) await call("PutItem", { TableName: table, Item: labels });
        const existing = await put(item, job.registeredAt, job.secretHash);
        if (existing === undefined) return { registered: true, job: next };
        const tombstone = toTombstone(existing);
        if (tombstone) return { registered: false, tombstone };
        if (existing.registration?.S === registration)
          return { registered: true, job: toJob(await complete(existing)) };
        const former = await formerOf(registration);
        if (former) return { registered: true, job: former };
        const ended = toJob(existing);
        if (!isTerminal(ended.state) || isForeign(ended, job.account))
          return { registered: false, job: toJob(await complete(existing)) };
        // Two incarnations in one millisecond need two uids.
        const { uid: supersedes, endedAt = 0 } = ended;
        // A cancel that was asked for before that end did not mean this job.
        const registeredAt = Math.max(job.registeredAt, endedAt);
        const time = Math.max(uidToTime(job.uid), registeredAt, uidToTime(supersedes) + 1);
        const formerDigests = inheritDigests(ended, registeredAt);
        next = {
          ...job,
          uid: jobUid(time, uidToKey(job.uid)),
          supersedes,
          formerEndedAt: endedAt,
          registeredAt,
          ...(formerDigests.length > 0 ? { formerDigests } : {}),
        };
        if (await supersede(existing, next, registration)) return { registered: true, job: next };
        await wait(jitteredMs(turn, firstPauseMs));
      }
      throw new StoreUnavailable(`a job changed ${maxTurns} times while its next incarnation was registered`);
    },

    async putTombstone(key, tombstone) {
      for (let turn = 0; turn < maxTurns; turn++) {
        const standing = await put(toTombstoneItem(key, tombstone), tombstone.requestedAt);
        if (standing === undefined || toTombstone(standing) === undefined) return toWholeJob(standing);
        if (await join(standing, tombstone)) return undefined;
      }
      throw new StoreUnavailable(`a tombstone changed ${maxTurns} times while another was put`);
    },

    change: (key, change) => write(key, current, change),

    async changeIncarnation(uid, change) {
      const key = uidToKey(uid);
      const named = { ...change, when: { ...change.when, uid } };
      const written = await write(key, current, named);
      const superseded = written.job !== undefined && written.job.uid !== uid;
      return superseded ? write(key, uid, named) : written;
    },

    list: (query) => listJobs(call, table, query),

    count: (query) => count(call, table, query),
  };
};
