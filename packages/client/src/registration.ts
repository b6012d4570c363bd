import type { components } from "./wire.ts";

type Registration = components["schemas"]["Registration"];
type RegistrationOf<Service extends Registration["service"]> = Extract<Registration, { readonly service: Service }>;
type ScopeOf<Service extends Registration["service"]> = RegistrationOf<Service>["scope"];
type JobTypeOf<Service extends Registration["service"]> = NonNullable<RegistrationOf<Service>["jobType"]>;

/** What `POST /jobs` takes: for each service its own scope and job types. */
export type JobRegistration = IndexJob | DocumentJob | GraphJob | ScheduledTask | SqlJob | GenericJob;

interface AnyJob {
  /** The service's own id of the job. A UUID is made up when there is none. */
  readonly jobId?: string;
  /** `queued` until its start is accepted; `running`, the default, from the registration on. */
  readonly state?: NonNullable<Registration["state"]>;
  /** How long the worker may be silent before it loses its lease: whole seconds from 1, 300 unless given. */
  readonly heartbeatTimeoutSeconds?: number;
  /** After this many whole seconds the scheduled cleanup cancels the job. */
  readonly maxRuntimeSeconds?: number;
  /** How long the work may take to stop once it was told to: whole seconds, 30 unless given. */
  readonly graceSeconds?: number;
  /** At most 16, names up to 63 and texts up to 128 characters. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What can stop the work and see its end; the worker itself unless given. */
  readonly backend?: NonNullable<Registration["backend"]>;
}

/**
 * AnalyticDB for PostgreSQL: the creation of an index. With both, the workspace is the place and not the instance;
 * `secret` is what whoever cancels must know.
 */
export interface IndexJob extends AnyJob {
  readonly service: "analyticdb-index";
  readonly scope: ScopeOf<"analyticdb-index"> & ({ readonly dbInstanceId: string } | { readonly workspaceId: string });
  readonly jobType?: JobTypeOf<"analyticdb-index">;
  readonly secret?: string;
}

/**
 * AnalyticDB for PostgreSQL: the upload of a document. The namespace is `public` unless given; `secret` is the
 * secret that whoever cancels must know.
 */
export interface DocumentJob extends AnyJob {
  readonly service: "analyticdb-document";
  readonly scope: ScopeOf<"analyticdb-document">;
  readonly jobType?: JobTypeOf<"analyticdb-document">;
  readonly secret?: string;
}

/** Graph Engine Service. Only the first four types can be cancelled; `algorithm` unless given. */
export interface GraphJob extends AnyJob {
  readonly service: "ges";
  readonly scope: ScopeOf<"ges">;
  readonly jobType?: JobTypeOf<"ges">;
}

/** Document Database Service. A task can be cancelled only while it is queued; `RESIZE_FLAVOR` unless given. */
export interface ScheduledTask extends AnyJob {
  readonly service: "dds";
  readonly scope: ScopeOf<"dds">;
  readonly jobType?: JobTypeOf<"dds">;
}

/** Data Lake Insight. All types but `SCALE_QUEUE` can be cancelled; `QUERY` unless given. */
export interface SqlJob extends AnyJob {
  readonly service: "dli";
  readonly scope: ScopeOf<"dli">;
  readonly jobType?: JobTypeOf<"dli">;
}

/** Work that belongs to no provider. The namespace is `default` and the type `job` unless given; the id is any printable text. */
export interface GenericJob extends AnyJob {
  readonly service: "generic";
  readonly scope: ScopeOf<"generic">;
  readonly jobType?: JobTypeOf<"generic">;
}
