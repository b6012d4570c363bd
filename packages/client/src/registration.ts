/** What `POST /jobs` takes: for each service its own scope and job types. */
export type JobRegistration = IndexJob | DocumentJob | GraphJob | ScheduledTask | SqlJob;

interface AnyJob {
  /** The service's own id of the job. A UUID is made up when there is none. */
  readonly jobId?: string;
  /** `queued` until {@link RunningJob.start} is called; `running`, the default, from the registration on. */
  readonly state?: "queued" | "running";
  /** How long the worker may be silent before it loses its lease: whole seconds from 1, 60 unless given. */
  readonly heartbeatTimeoutSeconds?: number;
  /** After this many whole seconds the scheduled cleanup cancels the job. */
  readonly maxRuntimeSeconds?: number;
  /** How long the work may take to stop once it was told to: whole seconds, 30 unless given. */
  readonly graceSeconds?: number;
  /** At most 16, names up to 63 and texts up to 128 characters. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** AnalyticDB for PostgreSQL: the creation of an index. With both, the workspace is the place and not the instance. */
export interface IndexJob extends AnyJob {
  readonly service: "analyticdb-index";
  readonly scope: {
    readonly regionId: string;
    readonly namespace: string;
    readonly collection: string;
  } & (
    | { readonly dbInstanceId: string; readonly workspaceId?: string }
    | { readonly dbInstanceId?: string; readonly workspaceId: string }
  );
  readonly jobType?: "create-index";
  /** The namespace password that whoever cancels must know. */
  readonly secret?: string;
}

/** AnalyticDB for PostgreSQL: the upload of a document. */
export interface DocumentJob extends AnyJob {
  readonly service: "analyticdb-document";
  readonly scope: {
    readonly regionId: string;
    readonly dbInstanceId: string;
    /** `public` unless given. */
    readonly namespace?: string;
    readonly collection: string;
  };
  readonly jobType?: "upload-document";
  /** The namespace password that whoever cancels must know. */
  readonly secret?: string;
}

/** Graph Engine Service. Only the first four types can be cancelled; `algorithm` unless given. */
export interface GraphJob extends AnyJob {
  readonly service: "ges";
  readonly scope: { readonly projectId: string; readonly graphName: string };
  readonly jobType?:
    | "algorithm"
    | "vertex-filter-query"
    | "edge-filter-query"
    | "add-index"
    | "import-graph"
    | "export-graph"
    | "delete-index"
    | "clear-graph"
    | "other";
}

/** Document Database Service. A task can be cancelled only while it is queued; `RESIZE_FLAVOR` unless given. */
export interface ScheduledTask extends AnyJob {
  readonly service: "dds";
  readonly scope: { readonly projectId: string; readonly instanceId?: string };
  readonly jobType?: "RESIZE_FLAVOR" | "RESTART" | "PATCH_UPGRADE";
}

/** Data Lake Insight. All types but `SCALE_QUEUE` can be cancelled; `QUERY` unless given. */
export interface SqlJob extends AnyJob {
  readonly service: "dli";
  readonly scope: { readonly projectId: string; readonly queueName?: string };
  readonly jobType?:
    | "QUERY"
    | "INSERT"
    | "UPDATE"
    | "DELETE"
    | "IMPORT"
    | "EXPORT"
    | "DDL"
    | "DCL"
    | "DATA_MIGRATION"
    | "RESTART_QUEUE"
    | "SCALE_QUEUE";
}
