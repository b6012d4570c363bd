/** The members of a message and of its envelopes whose values are texts, and no secrets. */
const texts = [
  // The data.
  ...["operation", "reason", "requestedBy", "ifUnknown", "secretRef"],
  // A CloudEvent, EventBridge and SNS around it.
  ...["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"],
  ...["version", "detail-type", "account", "region"],
  ...["Type", "MessageId", "TopicArn", "Subject", "Timestamp"],
];

/** The native parameters of all operations that take messages, but for those that are secrets. */
export const parameters: readonly string[] = [
  ...["RegionId", "DBInstanceId", "WorkspaceId", "Namespace", "Collection", "JobId"],
  ...["project_id", "graph_name", "job_id", "namespace"],
];

/** What is in a member. `ignored` says nothing about a cancel, and is left out without a word. */
export type Content = "text" | "name" | "members" | "json" | "base64" | "texts" | "ignored";

const contents = new Map<string, Content>([
  ...[...texts, ...parameters].map((name): [string, Content] => [name, "text"]),
  ["secretRef", "name"],
  ["data", "members"],
  ["detail", "members"],
  ["parameters", "members"],
  ["Message", "json"],
  ["data_base64", "base64"],
  ["resources", "texts"],
  // By which SNS proves that a notification is its own, and lets go of it.
  ...["SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL", "MessageAttributes"].map(
    (name): [string, Content] => [name, "ignored"],
  ),
]);

export const contentOf = (member: string): Content | undefined => contents.get(member);
