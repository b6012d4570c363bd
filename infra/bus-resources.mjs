import { deadLettersAlarm } from "./alarms.mjs";
import { arnOf, deadLettersId, queueId } from "./logical-ids.mjs";
import { queue } from "./queue-resources.mjs";

const requested = "dev.standdown.cancel.requested.v1";
const notOurs = [{ "anything-but": ["dev.standdown"] }];

/** Rules that put the requests for an operation from the bus into its queue. Nothing else may put any there. */
export const wayFromBus = (name, cancelTopic) => {
  // The detail is the bare data, or a CloudEvent with it.
  const [bare, inEvent] = [`${queueId(name)}Rule`, `${queueId(name)}EventRule`];
  const rule = (detail, id) => ({
    Type: "AWS::Events::Rule",
    Properties: {
      EventBusName: { Ref: "EventBus" },
      // What the functions themselves publish is no request, whatever it looks like.
      EventPattern: { source: notOurs, "detail-type": [requested], detail },
      Targets: [{ Id: id, Arn: arnOf(queueId(name)), DeadLetterConfig: { Arn: arnOf(deadLettersId(name)) } }],
    },
  });
  return {
    [bare]: rule({ operation: [name] }, name),
    [inEvent]: rule({ data: { operation: [name] } }, name),
    [`${queueId(name)}Policy`]: policy(queueId(name), [bare, inEvent], cancelTopic),
    [`${deadLettersId(name)}Policy`]: policy(deadLettersId(name), [bare, inEvent]),
  };
};

export const unmatchedId = "UnmatchedRequests";

/**
 * Keeps the requests that no operation takes, because they name none or because their type is no request's: an event must
 * not be lost by a slip of the pen. They come through the queue of a function, which redacts them. What the functions
 * themselves publish is no request.
 */
export const unmatchedRequests = (names, through, { prefix, alarmTopic }) => {
  const noneOfThem = [{ "anything-but": names }, { exists: false }];
  const name = `${prefix}-unmatched-requests`;
  const rule = (pattern, id) => ({
    Type: "AWS::Events::Rule",
    Properties: {
      EventBusName: { Ref: "EventBus" },
      EventPattern: pattern,
      Targets: [{ Id: id, Arn: arnOf(queueId(through)), DeadLetterConfig: { Arn: arnOf(deadLettersId(through)) } }],
    },
  });
  const [namesNone, isNone] = [`${unmatchedId}Rule`, `${unmatchedId}TypeRule`];
  return {
    [unmatchedId]: queue({ QueueName: name, MessageRetentionPeriod: 14 * 24 * 60 * 60 }),
    [`${unmatchedId}Alarm`]: deadLettersAlarm(name, "unmatched-requests", { prefix, topic: alarmTopic }),
    [namesNone]: rule(
      {
        source: notOurs,
        "detail-type": [requested],
        detail: { operation: noneOfThem, data: { operation: noneOfThem } },
      },
      "unmatched",
    ),
    [isNone]: rule({ source: notOurs, "detail-type": [{ "anything-but": [requested] }] }, "unmatched-type"),
    [`${queueId(through)}Policy`]: policy(queueId(through), [namesNone, isNone]),
    [`${deadLettersId(through)}Policy`]: policy(deadLettersId(through), [namesNone, isNone]),
  };
};

const policy = (queueName, rules, topic) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: queueName }],
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        allow("events.amazonaws.com", queueName, rules.map(arnOf)),
        ...(topic ? [allow("sns.amazonaws.com", queueName, [topic])] : []),
      ],
    },
  },
});

const allow = (Service, queueName, sources) => ({
  Effect: "Allow",
  Principal: { Service },
  Action: "sqs:SendMessage",
  Resource: arnOf(queueName),
  Condition: { ArnEquals: { "aws:SourceArn": sources } },
});
