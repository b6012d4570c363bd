import type { Change } from "../../../shared/domain/change.ts";
import { functionSkewMs } from "../../../shared/domain/clock-skew.ts";
import { type Instant, isTerminal, leaseExpiresAt } from "../../../shared/domain/job.ts";
import { leaseSeconds, production } from "./model-setting.ts";
import { type Mutant, withChange } from "./mutant.ts";

const { decideUnseen, decideCancel, decideFinish } = production;

/** An end by silence that is told for another moment. */
const withEvidenceAt = ({ conclude, ...change }: Change, at: Instant): Change =>
  conclude?.evidence ? { ...change, conclude: { ...conclude, evidence: { ...conclude.evidence, at } } } : change;

/** As if the function that deals with a cancel had a clock that is four seconds slow. */
const askedEarlier = <Terms extends { readonly askedAt?: Instant }>(terms: Terms): Terms =>
  terms.askedAt === undefined ? terms : { ...terms, askedAt: terms.askedAt - 4_000 };

/** Those that break what a receipt says, leases, clocks, keys and bounds in time. */
export const receiptMutants: Readonly<Record<string, Mutant>> = {
  "a takeover of a worker that missed one lease": {
    system: {
      decideTakeover: (job, principal, time) => production.decideTakeover(job, principal, time + leaseSeconds * 1000),
    },
    in: "a takeover",
    breaks: 11,
  },
  "a heartbeat that takes back what a later one renewed": {
    system: {
      applyChange: (job, { when: { heartbeatBefore, ...when }, ...change }) =>
        production.applyChange(job, { ...change, when }),
    },
    in: "heartbeats that overlap",
    breaks: 11,
  },
  "a cancel that takes a lapsed lease for the end": {
    system: {
      expire: (job, time) => withEvidenceAt(production.expire(job, time), leaseExpiresAt(job)),
      decideReconcile: (job, ...given) =>
        leaseExpiresAt(job) <= given[3]
          ? { change: withEvidenceAt(production.expire(job, given[3]), leaseExpiresAt(job)) }
          : production.decideReconcile(job, ...given),
    },
    in: "a lease that is over before the cancel",
    breaks: 11,
  },
  "silence that is worth what a witness sees": {
    system: {
      expire: (...given) => {
        const { conclude, ...change } = production.expire(...given);
        return conclude ? { ...change, conclude: { ...conclude, assurance: "observed" } } : change;
      },
    },
    in: "two cancels and a success",
    breaks: 12,
  },
  "a heartbeat after the end that nobody notes": {
    system: {
      decideHeartbeat: (job, ...given) =>
        job && isTerminal(job.state) ? { outcome: "refused" } : production.decideHeartbeat(job, ...given),
    },
    in: "a life after the end",
    breaks: 13,
  },
  "a report after the end that nobody notes": {
    system: {
      decideFinish: (job, ...given) =>
        job && isTerminal(job.state) ? { outcome: "refused" } : decideFinish(job, ...given),
    },
    in: "two cancels and a success",
    breaks: 13,
  },
  "a step that is told with the time of the registration": {
    system: {
      decideFinish: (job, ...given) =>
        withChange(decideFinish(job, ...given), ({ step, ...change }) =>
          job && step ? { ...change, step: { ...step, at: job.registeredAt - 1 } } : change,
        ),
    },
    in: "an acknowledgement",
    breaks: 14,
  },
  "a lease that is over as soon as the fastest clock says so": {
    system: {
      decideReconcile: (job, cancellation, probe, steps, time) =>
        production.decideReconcile(job, cancellation, probe, steps, time + functionSkewMs),
    },
    in: "a lease while clocks differ",
    breaks: 11,
  },
  "a cancel that was asked for when a slow clock says": {
    system: {
      decideUnseen: (command) => decideUnseen(askedEarlier(command)),
      decideCancel: (job, command, time) => decideCancel(job, askedEarlier(command), time),
      isMeantForEarlier: (job, terms) => production.isMeantForEarlier(job, askedEarlier(terms)),
    },
    in: "a cancel while clocks differ",
    breaks: 15,
  },
  "a key that is held against the newest alone": {
    system: {
      register: ({ former, ...stored }, ...given) => {
        const [{ former: [superseded] = [], ...after }, answer] = production.register(stored, ...given);
        return [
          { ...after, ...(superseded ? { former: [superseded, ...(former ?? [])] } : former && { former }) },
          answer,
        ];
      },
    },
    in: "a key over incarnations",
    breaks: 16,
  },
  "a check that puts off what a heartbeat has brought forward": {
    system: {
      applyChange: (job, { when: { dueAt, heartbeatAt, ...when }, ...change }) =>
        production.applyChange(job, { ...change, when }),
    },
    in: "a backend that promises to know",
    breaks: 17,
  },
};
