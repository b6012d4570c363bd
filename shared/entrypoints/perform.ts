import type { Job } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import { type Cancelled, cancel } from "../operations/cancel.ts";
import type { Operation } from "../operations/define.ts";
import { list } from "../operations/list.ts";
import { read } from "../operations/read.ts";
import type { Services } from "../ports/services.ts";
import type { Answer } from "../protocols/reply.ts";
import type { Noted } from "./log-requests.ts";

interface Asked {
  readonly principal: Principal;
  readonly parameters: unknown;
}

interface Performed {
  readonly answer: Answer;
  readonly job?: Job | undefined;
  readonly jobId?: string;
}

/** Does what an HTTP request asks of an API, in the pipeline of its kind, and notes which job that was about. */
export const perform = async (api: Operation, asked: Asked, services: Services, noted: Noted): Promise<Answer> => {
  const { answer, ...about } = await performed(api, asked, services);
  Object.assign(noted, about);
  return answer;
};

const performed = (api: Operation, asked: Asked, services: Services): Promise<Performed> => {
  switch (api.kind) {
    case "cancel":
      return cancel(services)(api, { ...asked, trigger: "http" }).then(answered);
    case "read":
      return read(services)(api, asked);
    case "list":
      return list(services)(api, asked);
    default:
      throw new Error(`no pipeline for ${api satisfies never}`);
  }
};

/** The verdict, with the state where a dialect tells it. */
const answered = ({ verdict, job, jobId }: Cancelled): Performed => ({ answer: toAnswer(verdict, job), job, jobId });

const toAnswer = (verdict: Cancelled["verdict"], job: Job | undefined): Answer => {
  if (verdict === "too-late") return { kind: verdict, state: job?.state ?? "cancelled" };
  return { kind: verdict === "remembered" ? "accepted" : verdict };
};
