/** What one invocation logs. */
export const entry = {
  operation: "cancel-sql-job",
  requestId: "5c4b1e2d-6f57-4d55-9c0e-0a2f6c1f2b11",
  principal: "ops",
  trigger: "http",
  jobId: "8b1c8f4e-1fd9-4c4d-9e1f-2d5a7a6b3c90",
  outcome: "stopping",
  durationMs: 12,
};

export const done = { statusCode: 200, body: "{}" };
