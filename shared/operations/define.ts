import type * as v from "valibot";
import type { Scheme } from "../auth/authenticate.ts";
import type { Instant, Job } from "../domain/job.ts";
import type { CancelRules } from "../domain/may-cancel.ts";
import type { Principal } from "../domain/principal.ts";
import type { Secret } from "../domain/secret.ts";
import type { CountQuery } from "../ports/job-store.ts";
import type { Render, StateNames } from "../protocols/reply.ts";

/** A kind of job: where its native ids are unique, which types there are, and what its provider lets be cancelled. */
export interface Service<Scope extends object = object> {
  readonly name: string;
  readonly scope: v.GenericSchema<unknown, Scope>;
  readonly jobId: v.GenericSchema<unknown, string>;
  /** The parts of the scope in which a native job id is unique, in a fixed order. */
  identity(scope: Scope): readonly string[];
  /** The project, instance or workspace that owns the jobs of a scope. */
  owner(scope: Scope): string;
  /** The first is the type of a job that is registered without one. */
  readonly jobTypes: readonly [string, ...string[]];
  /** Where there may be any others. */
  readonly jobType?: v.GenericSchema<unknown, string>;
  readonly cancel: CancelRules;
  readonly states: StateNames;
  readonly takesSecret: boolean;
  /** Whether its jobs are counted for a list that says how many there are. They must be of one of the types. */
  readonly counted?: true;
}

export interface Target<Scope extends object> {
  readonly scope: Scope;
  readonly jobId: string;
  readonly secret?: Secret;
}

export interface RestRoute {
  readonly method: string;
  readonly path: string;
}

export interface RpcRoute {
  readonly action: string;
  readonly version: string;
}

/** What every documented API says about itself, as data and pure functions. */
export interface Declaration<Parameters, Scope extends object> {
  readonly name: string;
  readonly service: Service<Scope>;
  readonly route: RestRoute | RpcRoute;
  readonly parameters: v.GenericSchema<unknown, Parameters>;
  readonly permission: {
    readonly action: string;
    /** With `*` where the job has to be seen to know. */
    resource(parameters: Parameters, principal: Principal): string;
    resourceOfJob?(job: Pick<Job, "scope">): string;
  };
  /** How callers of this API say who they are, in the order in which they are looked for. */
  readonly authentication: readonly Scheme[];
  readonly render: Render;
}

export interface CancelOperation<Parameters = unknown, Scope extends object = object>
  extends Declaration<Parameters, Scope> {
  readonly kind: "cancel";
  normalize(parameters: Parameters): Target<Scope>;
  /** The parameter that takes the job's secret, for callers who only name where it is kept. */
  readonly secretParameter?: string;
}

/** A read beside a cancel, by which clients watch one job end. */
export interface ReadOperation<Parameters = unknown, Scope extends object = object>
  extends Declaration<Parameters, Scope> {
  readonly kind: "read";
  normalize(parameters: Parameters): Target<Scope>;
  /** The body of a success, without what the protocol puts around it. */
  show(job: Job, now: Instant): object;
}

/** A read of all jobs of an owner, in pages, where the provider has none of a single job. */
export interface ListOperation<Parameters = unknown, Scope extends object = object>
  extends Declaration<Parameters, Scope> {
  readonly kind: "list";
  normalize(parameters: Parameters): Page<Scope>;
  keep(job: Job, parameters: Parameters, now: Instant): boolean;
  /** What the counts are to be asked. Undefined where they cannot tell, and all jobs have to be read. */
  count?(parameters: Parameters, now: Instant): Omit<CountQuery, "service" | "owner" | "account"> | undefined;
  /** The body of a success: the jobs of this page, and how many there are on all pages. */
  show(jobs: readonly Job[], total: number): object;
}

/** Which jobs of a scope a request wants to see: `limit` of them after the first `offset`. */
export interface Page<Scope extends object> {
  readonly scope: Scope;
  readonly offset: number;
  readonly limit: number;
}

export type Operation = CancelOperation | ReadOperation | ListOperation;

export const defineCancel = <Parameters, Scope extends object, Route extends RestRoute | RpcRoute>(
  operation: Omit<CancelOperation<Parameters, Scope>, "kind"> & { readonly route: Route },
) => ({ kind: "cancel" as const, ...operation });

export const defineRead = <Parameters, Scope extends object, Route extends RestRoute | RpcRoute>(
  read: Omit<ReadOperation<Parameters, Scope>, "kind"> & { readonly route: Route },
) => ({ kind: "read" as const, ...read });

export const defineList = <Parameters, Scope extends object, Route extends RestRoute | RpcRoute>(
  list: Omit<ListOperation<Parameters, Scope>, "kind"> & { readonly route: Route },
) => ({ kind: "list" as const, ...list });

export const defineService = <Scope extends object>(service: Service<Scope>) => service;
