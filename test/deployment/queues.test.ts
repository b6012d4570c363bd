import { describe, expect, test } from "vitest";
import { cancelOperations } from "../../functions/registry.ts";
import { delayAfter } from "../../shared/adapters/sqs/source-queue.ts";
import { maxAttempts } from "../../shared/entrypoints/cancel-queue.ts";
import { arnsIn, bundle, ofType, template } from "./packaged.ts";

describe("the queues", () => {
  const cancels = cancelOperations.map(({ name }) => name);
  const queues = [...cancels, "reconcile-cancellations", "keep-unmatched-requests"];
  const queueNamed = (name: string) => bundle.queues.find(({ shortName }) => shortName === name);

  test("are one for each operation, for checks and for what is unmatched, each with its own for dead letters, all encrypted", () => {
    expect(bundle.queues.map(({ shortName }) => shortName).sort()).toEqual(
      [...queues.flatMap((name) => [name, `${name}-dead-letters`]), "unmatched-requests"].sort(),
    );
    expect(ofType("AWS::SQS::Queue").filter(({ SqsManagedSseEnabled }) => SqsManagedSseEnabled !== true)).toEqual([]);
    expect(new Set(bundle.queueSources.map(({ queueArn }) => queueArn)).size).toBe(bundle.queueSources.length);
  });

  test.each(queues)("%s goes to its own function, which settles each message alone", (name) => {
    const queue = queueNamed(name);
    const source = bundle.queueSources.find(({ queueArn }) => queueArn === queue?.arn);
    expect(source).toMatchObject({ batchSize: 10, reportsItemFailures: true, maximumConcurrency: 10 });
    const lambda = bundle.functions.find(({ name }) => name === source?.functionName);
    expect(lambda?.shortName).toBe(`${name}-queue`);
    expect(lambda?.environment).toMatchObject({
      STANDDOWN_QUEUE_URL: queue?.url,
      // What nothing can be done with goes there: what is unmatched from the start rests in a queue of its own.
      STANDDOWN_DEAD_LETTER_QUEUE_URL: queueNamed(
        name === "keep-unmatched-requests" ? "unmatched-requests" : `${name}-dead-letters`,
      )?.url,
    });
    expect(Number(queue?.attributes.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * (lambda?.timeoutSeconds ?? 900));
  });

  test.each(queues)("%s outlasts an outage of two hours, and keeps what it gives up for two weeks", (name) => {
    const queue = queueNamed(name);
    const deadLetters = queueNamed(`${name}-dead-letters`);
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(queue?.attributes.RedrivePolicy ?? "{}");
    expect(maxReceiveCount).toBe(maxAttempts + 1);
    const delays = Array.from({ length: maxAttempts - 1 }, (_, attempt) => delayAfter(attempt + 1));
    expect(delays.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(2 * 60 * 60);
    expect(deadLetterTargetArn).toBe(deadLetters?.arn);
    expect(deadLetters?.attributes).toEqual({
      MessageRetentionPeriod: String(14 * 24 * 60 * 60),
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queue?.arn] }),
    });
  });

  const rules = bundle.eventRules.map(({ id, busName, targets }) => {
    const { EventPattern, Targets } = template.Resources[id]?.Properties ?? {};
    const queueNames = targets.map(({ queueName }) => queueName);
    // The queue, and where the bus leaves what it cannot bring there.
    return { id, busName, EventPattern, queueNames, queueIds: arnsIn(Targets) };
  });

  const rulesTo = (queue: string) => rules.filter(({ queueNames }) => queueNames.includes(`standdown-dev-${queue}`));
  const ruleFor = (detail: object) => ({
    busName: "standdown-dev",
    EventPattern: {
      source: [{ "anything-but": ["dev.standdown"] }],
      "detail-type": ["dev.standdown.cancel.requested.v1"],
      detail,
    },
  });

  test.each(cancels)("%s takes the requests for its operation from the bus, bare or in a CloudEvent", (name) => {
    const operation = [name];
    expect(rulesTo(name)).toMatchObject([ruleFor({ operation }), ruleFor({ data: { operation } })]);
  });

  test("keep the requests that name none of the operations, and what others publish of another type", () => {
    const operation = [{ "anything-but": cancels.toSorted() }, { exists: false }];
    const ofAnotherType = {
      source: [{ "anything-but": ["dev.standdown"] }],
      "detail-type": [{ "anything-but": ["dev.standdown.cancel.requested.v1"] }],
    };
    expect(rulesTo("keep-unmatched-requests")).toMatchObject([
      ruleFor({ operation, data: { operation } }),
      { busName: "standdown-dev", EventPattern: ofAnotherType },
    ]);
  });

  test("are open to no other rule, and to nobody else", () => {
    expect(rules.length).toBe(2 * cancels.length + 2);
    const queueIds = [...new Set(rules.flatMap((rule) => rule.queueIds))];
    const allowed = queueIds.map((queue) =>
      onlyFrom(
        rules.filter((rule) => rule.queueIds.includes(queue)).map(({ id }) => id),
        queue,
      ),
    );
    const open = ofType("AWS::SQS::QueuePolicy").flatMap(({ Queues, PolicyDocument }) => {
      const { Version, Statement } = PolicyDocument as { Version: string; Statement: { Effect: string }[] };
      const allowing = Statement.filter(({ Effect }) => Effect === "Allow");
      return allowing.length > 0 ? [{ Queues, PolicyDocument: { Version, Statement: allowing } }] : [];
    });
    expect(open).toEqual(allowed);
  });
});

const onlyFrom = (rules: readonly string[], queue: string) => ({
  Queues: [{ Ref: queue }],
  PolicyDocument: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: { "Fn::GetAtt": [queue, "Arn"] },
        Condition: { ArnEquals: { "aws:SourceArn": rules.map((rule) => ({ "Fn::GetAtt": [rule, "Arn"] })) } },
      },
    ],
  },
});
