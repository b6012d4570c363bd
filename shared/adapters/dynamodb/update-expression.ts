import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Change } from "../../domain/change.ts";
import { queueSkewMs } from "../../domain/clock-skew.ts";
import { isTerminal } from "../../domain/job.ts";
import { activeAttributes, dueAttributes, stopping, toActiveKey, toDueKey, toExpiry, toValue } from "./job-item.ts";

/** Makes placeholders of all names and values: none is a reserved word then. */
const placeholders = () => {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  return {
    names,
    values,
    path: (dotted: string) =>
      dotted
        .split(".")
        .map((name) => {
          names[`#${name}`] = name;
          return `#${name}`;
        })
        .join("."),
    value: (content: unknown) => {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = toValue(content);
      return placeholder;
    },
  };
};

type Placeholders = ReturnType<typeof placeholders>;

export const toUpdate = (key: string, change: Change, write: string) => {
  const using = placeholders();
  const condition = toCondition(change.when, write, using);
  const clauses = toClauses(key, change, write, using);
  return {
    ConditionExpression: condition,
    UpdateExpression: clauses,
    ExpressionAttributeNames: using.names,
    ExpressionAttributeValues: using.values,
  };
};

const toCondition = (when: Change["when"], write: string, { path, value }: Placeholders): string => {
  const equals = (name: string, content: unknown) => `${path(name)} = ${value(content)}`;
  const oneOf = (name: string, contents: readonly unknown[]) => `${path(name)} IN (${contents.map(value).join(", ")})`;
  const isAbsent = (name: string) => `attribute_not_exists(${path(name)})`;
  const registeredBy = (time: number) => `${path("registeredAt")} <= ${value(time)}`;
  const isFirst = (by: number | undefined) =>
    by === undefined ? isAbsent("supersedes") : `(${isAbsent("supersedes")} AND ${registeredBy(by)})`;
  const follows = (time: number) =>
    `(${registeredBy(time + queueSkewMs)} AND ${path("formerEndedAt")} <= ${value(time - queueSkewMs)})`;
  const absentOr = (name: string, content: unknown) => `(${isAbsent(name)} OR ${equals(name, content)})`;

  const { uid, askedAt, firstBy, heartbeatAt, escalationStep, outcome, outbox, jobTypes, secretHash, account } = when;
  const { assurance, contradictionCount, notFormerDigest, heartbeatBefore, dueAt, stepCount } = when;
  const conditions = [
    // A write that is sent again must not apply twice.
    `${path("write")} <> ${value(write)}`,
    oneOf("state", when.states),
    uid === undefined ? undefined : equals("uid", uid),
    askedAt === undefined ? undefined : `(${registeredBy(askedAt)} OR ${follows(askedAt)} OR ${isFirst(firstBy)})`,
    heartbeatAt === undefined ? undefined : equals("heartbeatAt", heartbeatAt),
    heartbeatBefore === undefined ? undefined : `${path("heartbeatAt")} < ${value(heartbeatBefore)}`,
    dueAt === null ? isAbsent("dueAt") : dueAt && equals("dueAt", dueAt),
    stepCount === undefined ? undefined : `size(${path("cancellation.steps")}) = ${value(stepCount)}`,
    escalationStep === 0
      ? isAbsent("cancellation.escalation")
      : escalationStep && equals("cancellation.escalation.step", escalationStep),
    outcome === undefined ? undefined : equals("cancellation.outcome", outcome),
    assurance === undefined ? undefined : equals("cancellation.assurance", assurance),
    contradictionCount === 0
      ? isAbsent("cancellation.contradictionCount")
      : contradictionCount && equals("cancellation.contradictionCount", contradictionCount),
    outbox && (outbox.length === 0 ? isAbsent("outbox") : equals("outbox", new Set(outbox))),
    notFormerDigest && `NOT contains(${path("formerDigests")}, ${value(notFormerDigest)})`,
    jobTypes === undefined ? undefined : oneOf("jobType", jobTypes),
    secretHash === undefined ? undefined : absentOr("secretHash", secretHash),
    account === undefined ? undefined : absentOr("account", account),
  ];
  return conditions.filter(Boolean).join(" AND ");
};

const toClauses = (key: string, change: Change, write: string, { path, value }: Placeholders): string => {
  const equals = (name: string, content: unknown) => `${path(name)} = ${value(content)}`;
  const { set = {}, claim, conclude, escalation, step, repeat, announce, announced, due } = change;
  const { contradict, requestDigest, formerDigest } = change;
  const next = due === "no-more" ? undefined : due;
  const ends = set.state !== undefined && isTerminal(set.state);
  const sets = [
    equals("write", write),
    ...Object.entries(set).map(([name, content]) => equals(name, content)),
    set.startedAt === undefined ? undefined : equals("activeSince", set.startedAt),
    // The claim of a running job takes it out of its service's part of the index.
    set.state === "stopping" ? equals("activeKey", toActiveKey(stopping, key)) : undefined,
    claim && equals("cancellation", claim),
    conclude && equals("cancellation.outcome", conclude.outcome),
    conclude?.evidence && equals("cancellation.evidence", conclude.evidence),
    conclude?.assurance && equals("cancellation.assurance", conclude.assurance),
    conclude?.residue && equals("cancellation.residue", conclude.residue),
    contradict && equals("cancellation.assurance", contradict.assurance),
    contradict && equals("cancellation.contradictions", contradict.contradictions),
    contradict && equals("cancellation.contradictionCount", contradict.count),
    escalation && equals("cancellation.escalation", escalation),
    step && `${path("cancellation.steps")} = list_append(${path("cancellation.steps")}, ${value([step])})`,
    repeat && `${path("cancellation.repeats")} = ${path("cancellation.repeats")} + ${value(1)}`,
    next && equals("dueKey", toDueKey(next.on, key)),
    next && equals("dueAt", next.at),
    ends && set.endedAt !== undefined ? equals("expiresAt", toExpiry(set.endedAt)) : undefined,
  ];
  const removed = [
    ...(ends ? activeAttributes : []),
    ...(due === "no-more" || (ends && due === undefined) ? dueAttributes : []),
  ];
  const added = [
    announce && `${path("outbox")} ${value(new Set(announce))}`,
    requestDigest && `${path("requestDigests")} ${value(new Set([requestDigest]))}`,
    formerDigest && `${path("formerDigests")} ${value(new Set([formerDigest]))}`,
  ].filter(Boolean);
  return [
    `SET ${sets.filter(Boolean).join(", ")}`,
    removed.length > 0 ? `REMOVE ${removed.map(path).join(", ")}` : undefined,
    added.length > 0 ? `ADD ${added.join(", ")}` : undefined,
    announced && `DELETE ${path("outbox")} ${value(new Set(announced))}`,
  ]
    .filter(Boolean)
    .join(" ");
};
