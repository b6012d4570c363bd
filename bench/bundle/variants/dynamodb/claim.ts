/** The write under test: claims a cancellation unless the job has ended, and returns the job in either case. */
export const claim = (jobId: string) => ({
  TableName: process.env.STANDDOWN_TABLE ?? "jobs",
  Key: { pk: jobId },
  UpdateExpression: "SET #state = :stopping, requestedBy = :requestedBy, requestedAt = :now ADD repeats :one",
  ConditionExpression: "attribute_exists(pk) AND #state IN (:running, :stopping)",
  ExpressionAttributeNames: { "#state": "state" },
  ExpressionAttributeValues: {
    ":running": "running",
    ":stopping": "stopping",
    ":requestedBy": "ops",
    ":now": "2026-11-22T10:00:00.000Z",
    ":one": 1,
  },
  ReturnValues: "ALL_NEW" as const,
  ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});

export interface CancelEvent {
  readonly jobId: string;
}

export type Job = Record<string, unknown>;

export const accepted = (job: Job | undefined) => ({ statusCode: 202, body: JSON.stringify(job) });

export const tooLate = (job: Job | undefined) => ({ statusCode: 409, body: JSON.stringify(job) });
