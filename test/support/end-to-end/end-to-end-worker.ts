/** A worker that never stops by itself: a test kills it. Prints the uid of its job once that is registered. */
import { runJob } from "../../../packages/client/src/run-job.ts";

const [endpoint = "", token = "", registration = "{}"] = process.argv.slice(2);

await runJob({ endpoint, token, job: JSON.parse(registration), heartbeatSeconds: 0.2 }, (_, { uid }) => {
  console.log(uid);
  return new Promise(() => {});
});
