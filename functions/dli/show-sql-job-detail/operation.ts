import { defineSqlJobRead } from "../sql-job-read.ts";

/** Data Lake Insight, "Querying Job Details": Huawei Cloud and Open Telekom Cloud. Terraform asks it before a destroy: without an answer it would take the job for gone. */
export const showSqlJobDetail = defineSqlJobRead("show-sql-job-detail", "detail");
