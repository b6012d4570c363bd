/** A shell under `standdown run`, as a user starts it. */
import "./moved-clock.ts";
import { run } from "../../../packages/cli/run/command.ts";

const { env } = process;
const job = JSON.parse(env.REGISTRATION ?? "{}");
const options = {
  endpoint: `http://127.0.0.1:${env.PORT}`,
  token: env.TOKEN,
  service: job.service,
  project: job.scope.projectId,
  "job-id": job.jobId,
  "job-type": job.jobType,
  lease: job.heartbeatTimeoutSeconds,
  grace: job.graceSeconds,
  "max-runtime": job.maxRuntimeSeconds,
  heartbeat: env.BEAT,
};
const args = Object.entries(options).flatMap(([name, value]) =>
  value === undefined ? [] : [`--${name}`, String(value)],
);

process.exitCode = await run([...args, "--", "sh", env.WORK ?? ""], env);
