import { runJob } from "../../packages/client/src/run-job.ts";
import { openFencedTable } from "./fenced-table.ts";

const { STANDDOWN_ENDPOINT: endpoint = "", STANDDOWN_TOKEN: token = "", RESULTS = ":memory:" } = process.env;
const results = openFencedTable(RESULTS);
const job = {
  service: "dli",
  scope: { projectId: "b02ce40e8cb84a8e980fdb11fac657db" },
  jobId: "fenced-totals",
  heartbeatTimeoutSeconds: 30,
} as const;

const end = await runJob({ endpoint, token, job }, async (signal, running) => {
  for (let month = 1; month <= 12; month++) {
    signal.throwIfAborted();
    // The signal may be behind: this process may sleep right here for an hour. The table is not fooled by that.
    if (!results.write(running, `month ${month}`, "done")) throw new Error("another worker has taken over");
  }
});
results.close();
console.log(end.outcome, end.recorded);
