/** The routes of the job API, as API Gateway names them. */
export const jobRoutes = [
  "POST /jobs",
  "GET /jobs",
  "GET /jobs/{uid}",
  "POST /jobs/{uid}/heartbeat",
  "POST /jobs/{uid}/finish",
  "POST /jobs/{uid}/cancel",
  "GET /jobs/{uid}/receipt",
] as const;

export type JobRoute = (typeof jobRoutes)[number];
