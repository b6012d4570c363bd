/** `npm start`: runs what `serverless package` made, until it is told to stop. */
import path from "node:path";
import { readDevelopmentToken } from "./development-token.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { startRunner } from "./runner.ts";
import type { Samples } from "./samples/start.ts";
import { readSettings, type Settings } from "./settings.ts";

const start = async (settings: Settings): Promise<() => Promise<void>> => {
  const token = await readDevelopmentToken(settings.config);
  const runner = await startRunner({ ...settings, print: console.log });
  let samples: Samples | undefined;
  const stop = async (): Promise<void> => {
    await removeRunFile(settings.runFile);
    await samples?.stop();
    await runner.stop();
  };

  try {
    if (settings.samples && token !== undefined) {
      const { startSamples } = await import("./samples/start.ts");
      samples = await startSamples({
        http: runner.http,
        token,
        directory: path.join(settings.dataDirectory, "samples"),
      });
    }
    const { stop: _, ...addresses } = runner;
    const commands = samples?.commands ?? [];
    await writeRunFile(settings.runFile, { ...addresses, pid: process.pid, samples: commands });
    console.log(`standdown listening on ${runner.http}`);
    console.log(`lambda invoke endpoint  ${runner.lambda}`);
    console.log(`dynamodb endpoint       ${runner.dynamodb.endpoint} (table ${runner.dynamodb.table})`);
    if (runner.events) console.log(`eventbridge endpoint    ${runner.events.endpoint} (bus ${runner.events.bus})`);
    if (runner.sqs) console.log(`sqs endpoint            ${runner.sqs.endpoint}`);
    const queues = Object.entries(runner.sqs?.queues ?? {});
    // At least as wide as the lines above.
    const width = Math.max(17, ...queues.map(([name]) => name.length));
    for (const [name, { url }] of queues) console.log(`queue ${name.padEnd(width)} ${url}`);
    if (commands.length > 0)
      console.log("\nPaste the first command of a pair to cancel a running job, the second to see its receipt:");
    for (const { operation, command, uid } of commands) {
      console.log(`\n# ${operation}\n${command}`);
      console.log(`curl -H 'Authorization: Bearer ${token}' '${runner.http}/jobs/${uid}/receipt'`);
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
};

const explain = (error: unknown, settings?: Settings): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return `Port ${settings?.port} is in use; set PORT to another one, or to 0 for any.`;
  return message;
};

let settings: Settings | undefined;
let stop: Promise<() => Promise<void>> | undefined;
let stoppingSince: number | undefined;
/** Ctrl-C comes twice under npm: from the terminal, and passed on by npm. */
const sameSignalMs = 500;

/** The first signal stops everything in order, the second at once: no child outlives this process. */
const onSignal = (): void => {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > sameSignalMs) process.exit(1);
    return;
  }
  stoppingSince = Date.now();
  console.log("standdown is stopping");
  // A start that is under way is finished first, so that nothing is left half started.
  Promise.resolve(stop)
    .then((stopAll) => stopAll?.())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explain(error, settings));
        process.exit(1);
      },
    );
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

try {
  settings = readSettings(process.env);
  stop = start(settings);
  await stop;
} catch (error) {
  console.error(explain(error, settings));
  process.exit(1);
}
