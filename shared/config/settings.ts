import type { ConfigDocument } from "./document.ts";

/** Which jobs should not run any longer. All of its conditions must hold. */
export interface CleanUpPolicy {
  readonly name: string;
  readonly service?: string;
  readonly selector: Selector;
  readonly maxRuntimeSeconds?: number;
  /** Holds for a job that runs for longer than it said itself. */
  readonly ownMaxRuntime?: true;
  readonly heartbeatLost?: true;
  readonly action: "cancel" | "report";
  readonly maxActionsPerRun: number;
  readonly maxFractionOfActive: number;
}

export interface Selector {
  readonly labels?: Readonly<Record<string, string>>;
  readonly jobType?: string;
  /** The project, instance or workspace that owns the job. */
  readonly project?: string;
}

/** What the configuration says besides who may come in. */
export interface Settings {
  readonly policies: readonly CleanUpPolicy[];
  readonly tombstoneSeconds: number;
}

const limits = { maxActionsPerRun: 100, maxFractionOfActive: 1 } as const;

const builtIn: readonly CleanUpPolicy[] = [
  { name: "max-runtime", selector: {}, ownMaxRuntime: true, action: "cancel", ...limits },
  { name: "heartbeat-lost", selector: {}, heartbeatLost: true, action: "cancel", ...limits },
];

const daySeconds = 86_400;

export const settingsOf = ({ cleanup = {}, queues = {} }: ConfigDocument): Settings => ({
  policies: withBuiltIn((cleanup.policies ?? []).map((given) => ({ selector: {}, ...limits, ...given }))),
  tombstoneSeconds: queues.tombstoneSeconds ?? daySeconds,
});

/** The built-in policies come last. One that is named like them changes what they do, not what they look for. */
const withBuiltIn = (given: readonly CleanUpPolicy[]): readonly CleanUpPolicy[] => {
  const names = builtIn.map(({ name }) => name);
  const changed = builtIn.map((policy) => ({ ...policy, ...given.find(({ name }) => name === policy.name) }));
  return [...given.filter(({ name }) => !names.includes(name)), ...changed];
};
