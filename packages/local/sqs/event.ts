import type { Message } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSMessageAttribute } from "aws-lambda";

/** Builds the event that Lambda makes of a batch of messages. */
export const queueEvent = (
  messages: readonly Message[],
  { queueArn, region }: { queueArn: string; region: string },
): SQSEvent => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "",
      ApproximateFirstReceiveTimestamp: "0",
      ...message.Attributes,
    },
    messageAttributes: toAttributes(message),
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  })),
});

const toAttributes = ({ MessageAttributes = {} }: Message): Record<string, SQSMessageAttribute> =>
  Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
        stringListValues: [],
        binaryListValues: [],
        // Any string may follow the type, as in "Number.int".
        dataType: DataType as SQSMessageAttribute["dataType"],
      },
    ]),
  );
