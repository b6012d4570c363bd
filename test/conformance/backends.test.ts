import { postgresBackend, sessionTag } from "../../shared/backends/postgres/backend.ts";
import { processBackend } from "../../shared/backends/process/backend.ts";
import { workerBackend } from "../../shared/backends/worker/backend.ts";
import { presumedStoppedAt } from "../../shared/domain/expiry.ts";
import { now } from "../support/stack/jobs.ts";
import { usePostgres } from "../support/stack/postgres.ts";
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

// A server sees its sessions; each ends by itself here, without having been asked to.
const server = usePostgres();
describeBackend("postgres", () => ({
  backend: postgresBackend({ sessions: server().sessionsOf(server().connection("watch")) }),
  begin: async (job) => (await server().begin(job, "select pg_sleep(600)")).job,
  end: async ({ uid }) => {
    await server().query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1", [
      sessionTag(uid),
    ]);
    return now + 1;
  },
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
