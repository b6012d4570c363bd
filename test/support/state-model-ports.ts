import type { Probe } from "../../shared/cancellation/decide-follow-up.ts";
import type { Ladder } from "../../shared/cancellation/decide-follow-up.ts";
import type { Change } from "../../shared/cancellation/change.ts";
import type { Announcement, Instant, Job, Tombstone, Worklist } from "../../shared/cancellation/job.ts";
import type { Backend, Backends, StopAnswer } from "../../shared/backends/backend.ts";
import { workerBackend } from "../../shared/backends/worker.ts";
import { directoryOf } from "../../shared/auth/directory.ts";
import { settingsOf } from "../../shared/config/settings.ts";
import type { Services } from "../../shared/services.ts";
import { type Registered, StoreUnavailable, type Written } from "../../shared/store/job-store.ts";
import { recorders } from "./recorders.ts";
import { type Setting, subjectOf } from "./state-model-setting.ts";

/** What a request does to the world outside of it. One call is one step: it happens at once, or not at all. */
export interface Ports {
  get(uid: string): Job | undefined;
  change(change: Change): Written;
  changeIncarnation(uid: string, change: Change): Written;
  register(job: Job, registration: string): Registered;
  entomb(tombstone: Tombstone): Job | undefined;
  due(worklist: Worklist, now: Instant): readonly Job[];
  stop(uid: string, rung: number): StopAnswer;
  /** Of a backend that has something to ask; the worker's answers from the job alone. */
  probe(uid: string): Probe;
  /** Gives the announcements that the bus has taken. */
  publish(uid: string, announcements: readonly Announcement[]): readonly Announcement[];
}

export type Port = keyof Ports;

export type Op = { [P in Port]: { readonly port: P; readonly given: Parameters<Ports[P]> } }[Port];

export type Call = <P extends Port>(port: P, ...given: Parameters<Ports[P]>) => Promise<ReturnType<Ports[P]>>;

/** What a port throws where a scenario lets it fail. Everything else that is thrown is a defect. */
export class Outage extends StoreUnavailable {}

/** The services of production over these ports; what is no step of the model is answered at once. */
export const servicesOver = (call: Call, clock: Services["clock"], setting: Setting, defects: unknown[]): Services => {
  const { uid, ownership } = subjectOf(setting);
  const services: Omit<Services, "lockouts" | "nonces"> = {
    ...recorders().services,
    clock,
    jobs: {
      get: (uid) => call("get", uid),
      change: (_, change) => call("change", change),
      changeIncarnation: (uid, change) => call("changeIncarnation", uid, change),
      register: (job, registration) => call("register", job, registration),
      entomb: (_, tombstone) => call("entomb", tombstone),
      newest: async () => undefined,
      ownership: async (uid) => ({ ...ownership, uid }),
      list: async () => ({ jobs: [] }),
    },
    worklists: {
      due: async (worklist, now) => ({ jobs: await call("due", worklist, now), unreadable: 0 }),
      beginRun: async () => setting.listeningSince ?? 0,
      hasActive: async () => true,
      position: async () => 0,
      advance: async () => {},
      async *activeSince() {},
    },
    backends: { worker: backendOver(call, setting) } as Backends,
    events: {
      publish: async (events) => {
        const told = events.filter(({ subject }) => subject !== undefined);
        const taken = told.length === 0 ? [] : await call("publish", uid, told.map(announcementOf));
        return new Set(told.filter((event) => taken.includes(announcementOf(event))).map(({ id }) => id));
      },
    },
    settings: async () => settingsOf({ principals: [] }),
    directory: async () => directoryOf({ principals: [scheduler] }),
    ids: { requestId: () => "request", jobId: () => "id", writeId: () => "write" },
    log: {
      info: () => {},
      error: (_message, _fields, cause) => {
        if (!(cause instanceof Outage)) defects.push(cause);
      },
    },
  };
  // No request of the model is signed.
  return services as Services;
};
