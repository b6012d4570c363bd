import type { JobFilter } from "../../client/src/wire-views.ts";
import type { Asked } from "./server-options.ts";

const text = { type: "string" } as const;

/** Options that choose jobs, as the job API has them. */
export const filterOptions = {
  service: text,
  project: text,
  namespace: text,
  "job-id": text,
  state: text,
  outcome: text,
  assurance: text,
  label: text,
} as const;

export const filterUsage = `  --service NAME       analyticdb-index, analyticdb-document, ges, dds, dli or generic
  --project NAME       the project, instance or workspace; --namespace for generic jobs
  --job-id ID          the service's own id
  --state STATE        queued, running, stopping, succeeded, failed or cancelled
  --outcome OUTCOME    stopping, stopped, completed-first or not-stopped
  --assurance LEVEL    observed, reported, acknowledged, never-started, presumed or contradicted
  --label name=value   or a name alone`;

/** What the server says about a value that it does not know is told as it is. */
export const readFilter = ({ text: of }: Pick<Asked, "text">): JobFilter => {
  const given = {
    service: of("service"),
    project: of("project") ?? of("namespace"),
    jobId: of("job-id"),
    state: of("state"),
    outcome: of("outcome"),
    assurance: of("assurance"),
    label: of("label"),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as JobFilter;
};
