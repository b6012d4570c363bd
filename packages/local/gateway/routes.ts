import type { BundledRoute } from "../template/bundle.ts";

export interface MatchedRoute extends BundledRoute {
  /** As in the path, still percent-encoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => MatchedRoute | undefined;

interface CompiledRoute {
  readonly route: BundledRoute;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameterNames: readonly string[];
  readonly rank: string;
}

/**
 * Matches requests to routes as an HTTP API does: the most specific path first (a fixed segment before `{param}` before
 * `{greedy+}`, segment by segment), the exact method before ANY, and `$default` where nothing else matches.
 */
export const createRouter = (routes: readonly BundledRoute[]): Router => {
  const compiled = routes.filter(({ key }) => key !== "$default").map(compile);
  compiled.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const fallback = routes.find(({ key }) => key === "$default");

  return (method, path) => {
    for (const { route, pattern, parameterNames, ...candidate } of compiled) {
      if (candidate.method !== method && candidate.method !== "ANY") continue;
      const values = pattern.exec(path)?.slice(1);
      if (values === undefined) continue;
      const parameters = parameterNames.map((name, index) => [name, values[index] ?? ""] as const);
      return { ...route, parameters: Object.fromEntries(parameters) };
    }
    return fallback && { ...fallback, parameters: {} };
  };
};

const compile = (route: BundledRoute): CompiledRoute => {
  const [method = "", path = ""] = route.key.split(" ");
  const parameterNames: string[] = [];
  const segments = path.split("/").map((segment) => {
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) return { rank: "0", source: segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") };
    parameterNames.push(name);
    return greedy ? { rank: "2", source: "(.+)" } : { rank: "1", source: "([^/]+)" };
  });
  return {
    route,
    method,
    pattern: new RegExp(`^${segments.map(({ source }) => source).join("/")}$`, "s"),
    parameterNames,
    rank: segments.map(({ rank }) => rank).join("") + (method === "ANY" ? "~" : "!"),
  };
};
