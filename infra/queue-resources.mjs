import { deadLettersAlarm } from "./alarms.mjs";
import { arnOf, deadLettersId, queueId } from "./logical-ids.mjs";

const days = 24 * 60 * 60;

/** Everything in the template that belongs to one queue, by its logical ids. */
export const queueResources = ({ name }, { prefix, functionTimeout, alarmTopic }) => {
  const queueName = `${prefix}-${name}`;
  const deadLettersName = `${queueName}-dead-letters`;
  return {
    [queueId(name)]: queue({
      QueueName: queueName,
      // What AWS asks for, so that Lambda has the time to try a batch again when it was throttled.
      VisibilityTimeout: 6 * functionTimeout,
      MessageRetentionPeriod: 4 * days,
      // A message that is tried again waits for 2 s, then for twice as long each time up to 15 min, so that it outlasts
      // an outage of two hours. The function gives up one attempt earlier, with a reason and without secrets.
      RedrivePolicy: { deadLetterTargetArn: arnOf(deadLettersId(name)), maxReceiveCount: 19 },
    }),
    [deadLettersId(name)]: queue({
      QueueName: deadLettersName,
      MessageRetentionPeriod: 14 * days,
      // By its name, since the two queues cannot refer to each other.
      RedriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: [arnByName(queueName)] },
    }),
    [`${deadLettersId(name)}Alarm`]: deadLettersAlarm(deadLettersName, `${name}-dead-letters`, {
      prefix,
      topic: alarmTopic,
    }),
  };
};

export const queue = (properties) => ({
  Type: "AWS::SQS::Queue",
  Properties: { ...properties, SqsManagedSseEnabled: true },
});

const arnByName = (queueName) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${queueName}`,
});
