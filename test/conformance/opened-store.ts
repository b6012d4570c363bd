import type { DueQueue } from "../../shared/ports/due-queue.ts";
import type { JobStore } from "../../shared/ports/job-store.ts";

/** An implementation of the store and of the due queue over it, with nothing in it. */
export interface OpenedStore {
  readonly jobs: JobStore;
  readonly dueQueue: DueQueue;
  readonly stop: () => Promise<unknown>;
}

export type OpenStore = () => Promise<OpenedStore>;
