import { startSqs } from "../../packages/local/sqs/server.ts";

/** The embedded SQS server in a process of its own; it ends with the bench, whatever way that ends. */
const { endpoint } = await startSqs("eu-west-1");
process.once("disconnect", () => process.exit());
process.send?.(endpoint);
