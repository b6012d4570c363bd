import { callJobApi } from "../support/requests/cancel-requests.ts";
import {
  acs3Subjects,
  huaweiAccessSubjects,
  huaweiScopedSubjects,
  rpcV1Subject,
} from "../support/signing/signed-subjects.ts";
import { newNonce, type Subject, sendMessage } from "../support/signing/signed-world.ts";
import type { Message } from "../support/signing/signer.ts";
import { now } from "../support/stack/jobs.ts";
import { type Attempt, aLastingJob, aliceKey, projects, type World } from "./world.ts";

/** All of the Huawei family ask for alice's project. */
const ofAlice = (subject: Subject): Subject => ({
  ...subject,
  usual: (jobId) => {
    const message = subject.usual(jobId);
    return { ...message, path: message.path.replace(/(?<=\/)b02ce[^/]+/, projects.alice) };
  },
});

const huaweiSubjects = [...huaweiAccessSubjects, ...huaweiScopedSubjects].map(ofAlice);
const alibabaSubjects = [...acs3Subjects, rpcV1Subject];

const aJobOf = (world: World, { operation }: Subject, more: object = {}) => {
  const { projectId } = operation.scope;
  const scope = projectId === undefined ? operation.scope : { ...operation.scope, projectId: projects.alice };
  return aLastingJob(world, { ...operation, scope }, more);
};

const signedBy = (subject: Subject, jobId: string) =>
  subject.client(subject.usual(jobId), { key: aliceKey, at: now, nonce: newNonce() }).message;

/** Another character of the same kind, somewhere in a text. */
const flipped = ({ random }: World, text: string): string => {
  const at = random(text.length);
  const code = 33 + ((text.charCodeAt(at) - 33 + 1 + random(93)) % 94);
  return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
};

/** Not signed by any client, or of no meaning. */
const unsigned = /^(accept|user-agent|connection|x-project-id)$/i;

/** One value of the message is another. Undefined where there was nothing to change. */
const tampered = (world: World, subject: Subject, message: Message): Message | undefined => {
  // Version 1 signs the parameters alone.
  const where = world.pick(
    subject === rpcV1Subject ? (["query", "form"] as const) : (["headers", "query", "form", "path"] as const),
  );
  if (where === "path")
    return message.path.length > 1 ? { ...message, path: flippedId(world, message.path) } : undefined;
  const fields = message[where] ?? {};
  const names = Object.keys(fields).filter((name) => !unsigned.test(name) && fields[name] !== "");
  if (names.length === 0) return undefined;
  const name = world.pick(names);
  const value = world.random(5) === 0 ? "" : flipped(world, fields[name] ?? "");
  return { ...message, [where]: { ...fields, [name]: value } };
};

const flippedId = ({ random }: World, path: string): string => {
  const at = path.lastIndexOf("/") + 1 + random(path.length - path.lastIndexOf("/") - 1);
  return path.slice(0, at) + (path[at] === "7" ? "8" : "7") + path.slice(at + 1);
};

const tampering =
  (subjects: readonly Subject[]): Attempt =>
  async (world) => {
    const subject = world.pick(subjects);
    const { jobId, uid } = await aJobOf(world, subject);
    const before = await world.stateOf(uid);
    const message = signedBy(subject, jobId);
    const changed = tampered(world, subject, message);
    if (changed === undefined || JSON.stringify(changed) === JSON.stringify(message)) return undefined;
    const { status } = await sendMessage(world.bundle, changed);
    const after = await world.stateOf(uid);
    if (after !== before) return `${subject.name}: a changed request cancelled, ${JSON.stringify(changed)}`;
    return status < 400 ? `${subject.name}: a changed request was answered with ${status}` : undefined;
  };

/** What somebody who listened can do to a nonce, without the secret. */
const respelled = ["", " ", "\t", "\u00a0", "\u0085", "\u2003", "\ufeff", "\u0000"];

const resending: Attempt = async (world) => {
  const subject = world.pick(acs3Subjects);
  const { jobId } = await aJobOf(world, subject);
  const message = signedBy(subject, jobId);
  const first = await sendMessage(world.bundle, message);
  if (first.status !== 200) return `the right request was answered with ${first.status}`;
  const nonce = message.headers["x-acs-signature-nonce"] ?? "";
  const again = {
    ...message,
    headers: { ...message.headers, "x-acs-signature-nonce": world.pick(respelled) + nonce + world.pick(respelled) },
  };
  const { status } = await sendMessage(world.bundle, again);
  return status < 400 ? `a nonce was good twice: ${JSON.stringify(again.headers)}` : undefined;
};

/** The next incarnation of a job is not the one that the request meant, however often it comes. */
const reviving: Attempt = async (world) => {
  const subject = world.pick(huaweiSubjects.filter(({ operation }) => operation.service !== "dds"));
  const { jobId, uid } = await aJobOf(world, subject);
  const message = signedBy(subject, jobId);
  await sendMessage(world.bundle, message);
  await callJobApi(world.bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
  const next = await aJobOf(world, subject, { jobId });
  for (let times = world.random(3); times >= 0; times--) await sendMessage(world.bundle, message);
  const state = await world.stateOf(next.uid);
  return state === "running" ? undefined : `${subject.name}: the next incarnation is ${state}`;
};

export const ofSignatures: Readonly<Record<string, Attempt>> = {
  "signatures of the Huawei family, with a part changed": tampering(huaweiSubjects),
  "signatures of Alibaba Cloud, with a part changed": tampering(alibabaSubjects),
  "nonces, sent again and spelled otherwise": resending,
  "requests, sent again when the id is another job's": reviving,
};
