import type { BackendAccess, Backends, OpenBackend } from "../ports/backend.ts";
import { postgresBackend } from "./postgres/backend.ts";
import { processBackend } from "./process/backend.ts";
import { workerBackend } from "./worker/backend.ts";

/** Every backend by its kind: the only list of them. A new one is a folder beside this file, and a line in it. */
const registry = {
  postgres: postgresBackend,
  process: () => processBackend,
  worker: () => workerBackend,
} as const satisfies Readonly<Record<string, OpenBackend>>;

export type BackendKind = keyof typeof registry;

export const openBackends = (access: BackendAccess): Backends =>
  Object.fromEntries(Object.entries(registry).map(([kind, open]) => [kind, open(access)]));

export const backendKinds = Object.keys(registry) as [BackendKind, ...BackendKind[]];
