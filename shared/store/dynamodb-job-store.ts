import { AwsError } from "../aws/json-client.ts";
import type { Change } from "../cancellation/change.ts";
import type { Job } from "../cancellation/job.ts";
import { jobUid, keyOfUid, timeOfUid } from "../normalization/job-key.ts";
import { current, type Item, isEnded, itemOf, jobOf, toItem, toValue } from "./job-item.ts";
import { listJobs } from "./job-list.ts";
import type { JobStore, Ownership, Written } from "./job-store.ts";
import { itemOfLostRace, storeCall, type TableAccess } from "./table-call.ts";
import { updateOf } from "./update-expression.ts";

/** Bounds the memory of an environment that serves many workers: about 2 MB. */
const mostKnown = 10_000;

/** Jobs in one DynamoDB table; its keys and indexes are in table.yml and docs/decisions/0003. */
export const dynamoDbJobStore = ({ call: callDirectly, table, newWriteId }: TableAccess): JobStore => {
  const call = storeCall(callDirectly);

  const read = async (pk: string, sk: string): Promise<Job | undefined> => {
    const { Item } = await call("GetItem", { TableName: table, Key: toItem({ pk, sk }), ConsistentRead: true });
    return Item ? jobOf(Item as Item) : undefined;
  };

  const put = async (job: Job, registration: string): Promise<Item | undefined> => {
    try {
      await call("PutItem", {
        TableName: table,
        Item: itemOf(job, registration),
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      return undefined;
    } catch (error) {
      return itemOfLostRace(error);
    }
  };

  /** Moves an ended incarnation under its own uid and puts the new one in its place, both or neither. */
  const supersede = async (ended: Item, job: Job, registration: string): Promise<boolean> => {
    const uid = toValue(jobOf(ended).uid);
    try {
      await call("TransactWriteItems", {
        TransactItems: [
          { Put: { TableName: table, Item: { ...ended, sk: uid } } },
          {
            Put: {
              TableName: table,
              Item: itemOf(job, registration),
              ConditionExpression: "uid = :uid",
              ExpressionAttributeValues: { ":uid": uid },
            },
          },
        ],
      });
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === "TransactionCanceledException") return false;
      throw error;
    }
  };

  const get = async (uid: string): Promise<Job | undefined> => {
    const key = keyOfUid(uid);
    const newest = await read(key, current);
    return newest === undefined || newest.uid === uid ? newest : read(key, uid);
  };

  const known = new Map<string, Ownership>();

  return {
    get,

    newest: (key) => read(key, current),

    async ownership(uid) {
      const remembered = known.get(uid);
      if (remembered) return remembered;
      const job = await get(uid);
      if (job === undefined) return undefined;
      const { service, owner, account } = job;
      const ownership = { uid, service, owner, ...(account === undefined ? {} : { account }) };
      if (known.size >= mostKnown) known.clear();
      known.set(uid, ownership);
      return ownership;
    },

    async register(job, registration) {
      let next = job;
      for (;;) {
        const existing = await put(next, registration);
        if (existing === undefined) return { registered: true, job: next };
        if (existing.registration?.S === registration) return { registered: true, job: jobOf(existing) };
        if (!isEnded(existing)) return { registered: false, job: jobOf(existing) };
        // Two incarnations of one native id in one millisecond must still have two uids.
        const time = Math.max(timeOfUid(job.uid), timeOfUid(jobOf(existing).uid) + 1);
        next = { ...job, uid: jobUid(time, keyOfUid(job.uid)) };
        if (await supersede(existing, next, registration)) return { registered: true, job: next };
      }
    },

    async change(key, change: Change): Promise<Written> {
      const write = newWriteId();
      try {
        const { Attributes } = await call("UpdateItem", {
          TableName: table,
          Key: toItem({ pk: key, sk: current }),
          ...updateOf(change, write),
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return { applied: true, job: jobOf(Attributes as Item) };
      } catch (error) {
        const item = itemOfLostRace(error);
        if (item === undefined) return { applied: false, job: undefined };
        return { applied: item.write?.S === write, job: jobOf(item) };
      }
    },

    list: (query) => listJobs(call, table, query),
  };
};
