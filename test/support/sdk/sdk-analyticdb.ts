import type { DocumentJob, IndexJob } from "../../../packages/client/src/registration.ts";

type Parameters = Readonly<Record<string, string>>;

/** One call of an operation of AnalyticDB for PostgreSQL. */
export interface RpcCall {
  readonly action: string;
  readonly version?: string | undefined;
  readonly query: Parameters;
  readonly form?: Parameters;
  /** Both are made up by the client unless the caller gives them: two calls with the same are the very same request. */
  readonly pinned?: { readonly date: string; readonly nonce: string } | undefined;
}

/** What is asked for, where a test differs from a cancel that goes well. */
export interface Asked {
  readonly action?: string;
  readonly version?: string | undefined;
  readonly parameters?: Parameters;
  /** Leaves out every parameter. */
  readonly empty?: boolean;
  readonly pinned?: RpcCall["pinned"];
}

const place = {
  RegionId: "cn-hangzhou",
  DBInstanceId: "gp-bp1234567890",
  Namespace: "mynamespace",
  // What queries, forms and signatures encode in different ways.
  Collection: "a collection's (1)*~!/ü+%",
  NamespacePassword: "test+pass word/ü&=%*",
};

const scope = {
  regionId: place.RegionId,
  dbInstanceId: place.DBInstanceId,
  namespace: place.Namespace,
  collection: place.Collection,
};

export interface RpcOperation {
  readonly cancel: string;
  readonly read: string;
  readonly registration: IndexJob | DocumentJob;
  /** The first parameter that an empty request misses. */
  readonly firstParameter: string;
  /** Those that the generated client puts in the query; all others go into the form. */
  readonly inQuery: readonly string[];
}

export const createIndex: RpcOperation = {
  cancel: "CancelCreateIndexJob",
  read: "DescribeCreateIndexJob",
  registration: { service: "analyticdb-index", scope, secret: place.NamespacePassword },
  firstParameter: "RegionId",
  inQuery: ["Collection", "DBInstanceId", "JobId", "Namespace", "NamespacePassword", "RegionId"],
};

export const uploadDocument: RpcOperation = {
  cancel: "CancelUploadDocumentJob",
  read: "GetUploadDocumentJob",
  registration: { service: "analyticdb-document", scope, secret: place.NamespacePassword },
  firstParameter: "DBInstanceId",
  inQuery: ["DBInstanceId", "RegionId"],
};

/** The call that the generated client makes of it. */
export const callOf = ({ cancel, inQuery }: RpcOperation, jobId: string, asked: Asked = {}): RpcCall => {
  const { action = cancel, empty = false, parameters = {}, ...rest } = asked;
  const given = Object.entries(empty ? {} : { ...place, JobId: jobId, ...parameters });
  const query = Object.fromEntries(given.filter(([name]) => inQuery.includes(name)));
  const form = Object.fromEntries(given.filter(([name]) => !inQuery.includes(name)));
  return { ...rest, action, query, ...(inQuery.includes("JobId") ? {} : { form }) };
};
