import type { JobRegistration } from "../../packages/client/src/run-job.ts";
import type { Work } from "./work.ts";

/** A job that does real work, for a newcomer to cancel. */
export interface Sample {
  /** Of its service; its log is named by it. */
  readonly name: string;
  /** A native id that says what it is, without the part that makes it unique. */
  readonly jobId: string;
  readonly job: JobRegistration;
  /** A queued job waits for so long before it starts. */
  readonly waitMs?: number;
  /** One round of the work, ending in a sentence about its result. */
  round(number: number): Work<string>;
  /** What stays behind when it is stopped, told from how far it was. */
  leavesBehind?(progress: string): string;
  /** How a client of the service cancels the job. */
  cancel(jobId: string): CancelRequest;
}

export interface CancelRequest {
  readonly method: "DELETE" | "POST";
  readonly path: string;
  readonly authentication: "X-Auth-Token" | "Bearer";
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** The request as a command to paste into a shell. */
export const curlCommand = (http: string, token: string, request: CancelRequest): string => {
  const { method, path, authentication, query, form } = request;
  const header = authentication === "Bearer" ? `Authorization: Bearer ${token}` : `X-Auth-Token: ${token}`;
  const body = form ? ["-d", quote(String(new URLSearchParams(form)))] : [];
  const url = `${http}${path}${query ? `?${new URLSearchParams(query)}` : ""}`;
  return ["curl", "-i", "-X", method, "-H", quote(header), ...body, quote(url)].join(" ");
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

/** Where the samples of AnalyticDB run; who cancels must know the secret. */
export const analyticDb = {
  regionId: "cn-hangzhou",
  dbInstanceId: "gp-bp1234567890",
  namespace: "mynamespace",
  secret: "sample-password",
} as const;

/** Long enough to be noticed, short enough to hear of a cancel in the time of a breath. */
export const lease = { heartbeatTimeoutSeconds: 10, graceSeconds: 10 } as const;
