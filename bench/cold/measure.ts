import { type Answered, startEnvironment } from "./environment.ts";
import type { ColdVariant } from "./variants.ts";

export interface ColdSample {
  /** From the start of the process to the question for the first event. */
  readonly initMs: number;
  readonly initCpuMs: number;
  /** From the start of the process to the first reply. */
  readonly firstReplyMs: number;
  /** What the process computed between the two. */
  readonly cpuAfterInitMs: number;
  /** The most that the process held at the first reply. */
  readonly memoryMb: number;
  readonly warmMs: number;
  readonly warmCpuMs: number;
}

const warmUps = 100;
const warmCalls = 200;

/** Starts a variant in a process of its own, and calls it: once, some times to warm up, and some times for its warm figures. */
export const measureOnce = async (variant: ColdVariant, runtimeClient: string): Promise<ColdSample> => {
  const events = await variant.prepare(1 + warmUps + warmCalls);
  const process = await startEnvironment(variant, runtimeClient);
  try {
    const calls: { readonly ms: number; readonly answer: Answered }[] = [];
    let memoryMb = 0;
    for (const makeEvent of events) {
      const { given, answer } = await process.invoke(makeEvent());
      check(variant, answer);
      if (calls.length === 0) memoryMb = process.memoryMb();
      calls.push({ ms: answer.ms - given.ms, answer });
    }
    const [first] = calls as [(typeof calls)[number]];
    const warm = calls.slice(-warmCalls);
    const [before, last] = [calls.at(-warmCalls - 1), calls.at(-1)];
    return {
      initMs: process.initialized.ms,
      initCpuMs: process.initialized.cpuMs,
      firstReplyMs: first.answer.ms,
      cpuAfterInitMs: first.answer.cpuMs - process.initialized.cpuMs,
      memoryMb,
      warmMs: median(warm.map(({ ms }) => ms)),
      warmCpuMs: ((last?.answer.cpuMs ?? 0) - (before?.answer.cpuMs ?? 0)) / warmCalls,
    };
  } finally {
    await process.stop();
  }
};

const check = ({ name, contains }: ColdVariant, { reply }: Answered): void => {
  if (reply.statusCode !== 200 || !reply.body.includes(contains))
    throw new Error(`${name} answered ${reply.statusCode} ${reply.body}`);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
