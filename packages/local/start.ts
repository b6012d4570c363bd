/** `npm start`: runs what `serverless package` made, until it is told to stop. */
import path from "node:path";
import { describeAddresses, describeCommands } from "./announcement.ts";
import { readDevelopmentToken } from "./development-token.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { startRunner } from "./runner.ts";
import type { Samples } from "./samples/start.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Starts the runner and the samples, tells where they are, and returns what stops them. */
const start = async (settings: Settings): Promise<() => Promise<void>> => {
  await using starting = new AsyncDisposableStack();
  const token = await readDevelopmentToken(settings.config);
  const { stop, ...addresses } = await startRunner({ ...settings, print: console.log });
  starting.defer(stop);
  const samples = await startSamplesIfWanted(settings, addresses.http, token);
  starting.defer(samples.stop);
  starting.defer(() => removeRunFile(settings.runFile));

  const { commands } = samples;
  await writeRunFile(settings.runFile, { ...addresses, pid: process.pid, samples: commands });
  for (const line of describeAddresses(addresses)) console.log(line);
  for (const line of describeCommands(commands, { http: addresses.http, token })) console.log(line);
  const running = starting.move();
  return () => running.disposeAsync();
};

const startSamplesIfWanted = async (
  { samples, dataDirectory }: Settings,
  http: string,
  token: string | undefined,
): Promise<Samples> => {
  if (!samples || token === undefined) return { commands: [], stop: async () => {} };
  // Loaded only now: a start without samples does not wait for it.
  const { startSamples } = await import("./samples/start.ts");
  return await startSamples({ http, token, directory: path.join(dataDirectory, "samples") });
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
