import { Session } from "node:inspector/promises";

/** What one call entered of the code that is deployed. */
export interface Trace {
  readonly files: ReadonlyMap<string, number>;
  readonly functions: number;
  readonly folders: number;
}

const root = new URL("../../", import.meta.url).href;

/** Counts, by V8's own precise coverage, the functions of `functions/` and `shared/` that a call enters. */
export const startTracer = async () => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  return {
    async trace(call: () => Promise<unknown>): Promise<Trace> {
      // Taking the coverage sets the counts back.
      await session.post("Profiler.takePreciseCoverage");
      await call();
      const { result } = await session.post("Profiler.takePreciseCoverage");
      const files = new Map<string, number>();
      for (const { url, functions } of result) {
        const file = url.startsWith(root) ? url.slice(root.length) : "";
        const entered = functions.filter(({ ranges: [range] }) => (range?.count ?? 0) > 0).length;
        if (/^(functions|shared)\//.test(file) && entered > 0) files.set(file, entered);
      }
      return {
        files,
        functions: [...files.values()].reduce((sum, count) => sum + count, 0),
        folders: new Set([...files.keys()].map((file) => file.slice(0, file.lastIndexOf("/")))).size,
      };
    },
    stop: () => session.disconnect(),
  };
};
