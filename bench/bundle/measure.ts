import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const sampleScript = fileURLToPath(new URL("sample.mjs", import.meta.url));

/** One bundled handler. With an event it is called: once, again, then `calls` times to warm up and `calls` times for CPU. */
export interface Variant {
  readonly name: string;
  readonly file: string;
  readonly zippedBytes: number;
  readonly event?: object;
  readonly calls?: number;
}

export interface Sample {
  readonly importMs: number;
  readonly firstMs?: number;
  readonly secondMs?: number;
  readonly cpuMicroseconds?: number;
  readonly reply?: { readonly statusCode: number; readonly body: string };
}

/** The samples of one variant, one per round, so that index `i` of two variants was measured side by side. */
export type Samples = readonly Sample[];

/** Takes one sample in a fresh process, whose environment holds what Lambda sets and nothing of the caller's. */
export async function sample(variant: Variant, environment: NodeJS.ProcessEnv): Promise<Sample> {
  const plan = { url: pathToFileURL(variant.file).href, event: variant.event, calls: variant.calls ?? 0 };
  const env = {
    // The Huawei core writes a file into the home directory.
    HOME: tmpdir(),
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "testak",
    AWS_SECRET_ACCESS_KEY: "testsk",
    ...environment,
  };
  const { stdout } = await run(process.execPath, [sampleScript, JSON.stringify(plan)], {
    env,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const result = stdout.split("\n").findLast((line) => line.startsWith('{"importMs":'));
  if (result === undefined) throw new Error(`${variant.name} did not end well: ${stdout.slice(-500)}`);
  return JSON.parse(result);
}

/** Measures the variants in turn, each round in the opposite order of the one before, so that drift hits all alike. */
export async function measure(
  variants: readonly Variant[],
  rounds: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<Map<string, Samples>> {
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      samples.get(variant.name)?.push(await sample(variant, environment));
    }
  }
  return samples;
}
