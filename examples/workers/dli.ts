import { runSample } from "./run-sample.ts";
import { lease, projectId, type Sample } from "./sample.ts";
import { aggregateSales, salesTable } from "./sql-aggregation.ts";

const rows = 100_000;

/** Fills a table of sales and adds it up by region, again and again. */
const sample: Sample = {
  name: "dli",
  jobId: "sales-by-region",
  job: { service: "dli", scope: { projectId, queueName: "reports" }, jobType: "QUERY", ...lease },
  *round(number) {
    const database = salesTable();
    try {
      const totals = yield* aggregateSales(database, rows, number);
      return totals.map(({ region, cents }) => `${region} ${cents / 100}`).join(", ");
    } finally {
      database.close();
    }
  },
  cancel: (jobId) => ({
    method: "DELETE",
    path: `/v1.0/${projectId}/jobs/${jobId}`,
    authentication: "X-Auth-Token",
  }),
};

await runSample(sample);
