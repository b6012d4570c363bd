import { defineSqlJobRead } from "../sql-job-read.ts";

/** Data Lake Insight, "Querying Job Status": Huawei Cloud and Open Telekom Cloud. */
export const showSqlJobStatus = defineSqlJobRead("show-sql-job-status", "status");
