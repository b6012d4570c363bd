import type { Backend } from "../ports/backend.ts";
import { processBackend } from "./process/backend.ts";
import { workerBackend } from "./worker/backend.ts";

/** Every backend by its kind: the only list of them. A new one is a folder beside this file, and a line in it. */
export const backends = {
  process: processBackend,
  worker: workerBackend,
} as const satisfies Readonly<Record<string, Backend>>;

export type BackendKind = keyof typeof backends;

export const backendKinds = Object.keys(backends) as [BackendKind, ...BackendKind[]];
