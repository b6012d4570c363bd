import { invertedIndex, orderRows } from "./inverted-index.ts";
import { runSample } from "./run-sample.ts";
import { analyticDb, lease, type Sample } from "./sample.ts";

const { regionId, dbInstanceId, namespace, secret } = analyticDb;
const collection = "orders";
const rows = 20_000;

/** Builds an index over a table of orders, again and again. */
const sample: Sample = {
  name: "analyticdb-index",
  jobId: "index-orders",
  job: {
    service: "analyticdb-index",
    scope: { regionId, dbInstanceId, namespace, collection },
    secret,
    ...lease,
  },
  *round(number) {
    const index = yield* invertedIndex(orderRows(rows, number));
    return `indexed ${rows} rows, ${index.size} words`;
  },
  cancel: (jobId) => ({
    method: "POST",
    path: "/",
    authentication: "Bearer",
    query: {
      Action: "CancelCreateIndexJob",
      Version: "2016-05-03",
      RegionId: regionId,
      DBInstanceId: dbInstanceId,
      Namespace: namespace,
      NamespacePassword: secret,
      Collection: collection,
      JobId: jobId,
    },
  }),
};

await runSample(sample);
