import { dli } from "../../functions/dli/service.ts";
import type { ConfigDocument } from "../../shared/config/document-schema.ts";
import type { Instant } from "../../shared/domain/job.ts";
import { jobKey } from "../../shared/domain/job-key.ts";

export interface Given {
  readonly seed: number;
  /** How far each function's clock may be off, in either direction. */
  readonly skewMs: number;
  /** By how many commits an index may be behind. */
  readonly lag: number;
  readonly faults: boolean;
}

export interface Circumstances extends Pick<Given, "skewMs" | "lag"> {
  readonly random: () => number;
  readonly faulty: () => boolean;
  readonly now: () => Instant;
  readonly count: (what: string) => void;
}

/** Names what is wrong, with whatever helps to see it. */
export type Violate = (what: string, detail?: unknown) => void;

export const leaseSeconds = 4;
export const graceSeconds = 2;
export const maxRuntimeSeconds = 6;
export const maxQueuedSeconds = 20;
export const tombstoneSeconds = 30;

/** One native id of one tenant. */
export interface NativeId {
  readonly project: string;
  readonly jobId: string;
}

export const keyOf = ({ project, jobId }: NativeId): string => jobKey(dli.name, [project], jobId);

/** The one project that the token of the stranger is for. */
export const strangersProject = "b02ce40e8cb84a8e980fdb11fac657db";
export const otherProject = "c13df51f9dc95b9f091aec22abd768ec";

const policies = [{ effect: "allow" as const, actions: ["*"], resources: ["*"] }];

export const document: ConfigDocument = {
  principals: [
    { name: "ops", tokens: [{ value: "ops-token" }], policies },
    { name: "tenant", tokens: [{ value: "tenant-token", projects: [strangersProject] }], policies },
    { name: "events", triggers: ["queue", "schedule"], policies },
  ],
  cleanup: { policies: [{ name: "old", service: "dli", maxRuntimeSeconds: 15, action: "cancel" }] },
  queues: { tombstoneSeconds },
};
