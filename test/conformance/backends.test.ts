import { processBackend } from "../../shared/backends/process/backend.ts";
import { workerBackend } from "../../shared/backends/worker/backend.ts";
import { presumedStoppedAt } from "../../shared/domain/expiry.ts";
import { now } from "../support/stack/jobs.ts";
import { toyBackend } from "../support/stores/toy-backend.ts";
import { describeBackend } from "./backend.ts";

// A worker is alive while its lease is: its heartbeats are on the record of the job.
describeBackend("worker", () => ({
  backend: workerBackend,
  begin: async (job) => ({ ...job, heartbeatAt: now }),
  end: async (job) => presumedStoppedAt(job),
}));

// A supervisor is heard by its heartbeats too, until it reports.
describeBackend("process", () => ({
  backend: processBackend,
  begin: async (job) => ({ ...job, heartbeatAt: now }),
  end: async (job) => presumedStoppedAt(job),
}));

describeBackend("toy", () => {
  const { backend, begin, end } = toyBackend();
  return {
    backend,
    begin: async (job) => {
      begin(job, "has to be killed");
      return job;
    },
    end: async (job) => {
      end(job);
      return now + 1;
    },
  };
});
