import path from "node:path";
import type { Import, ImportGraph } from "./import-graph.ts";

/** A provider's API: its operations see what they share and not each other. */
const providerApi = (
  folder: string,
  ...alsoShared: readonly string[]
): Readonly<Record<string, readonly string[]>> => ({
  [`${folder}/*`]: [
    `${folder}/service.ts`,
    `${folder}/replies.ts`,
    ...alsoShared,
    "shared/container.ts",
    "shared/entrypoints",
    "shared/operations",
    "shared/protocols",
    "shared/validation",
    "shared/domain",
    "valibot",
  ],
  [`${folder}/service.ts`]: [`${folder}/replies.ts`, "shared/operations", "shared/validation", "valibot"],
  [`${folder}/replies.ts`]: ["shared/protocols", "shared/domain"],
});

/**
 * What every folder may import besides itself: folders, files or packages. The longest name that fits a file counts,
 * and `*` in a name stands for any one folder. The lists stand in the order of the house, from the entry points down to
 * the domain.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  "functions/registry.ts": [
    "functions/analyticdb",
    "functions/ges",
    "functions/dds",
    "functions/dli",
    "functions/generic",
    "shared/operations",
  ],
  ...providerApi(
    "functions/analyticdb",
    "functions/analyticdb/authentication.ts",
    "functions/analyticdb/parameters.ts",
  ),
  ...providerApi("functions/ges"),
  ...providerApi("functions/dds"),
  ...providerApi("functions/generic"),
  "functions/generic/cancel-job": [
    ...["functions/generic/service.ts", "functions/generic/replies.ts", "shared/container.ts", "shared/entrypoints"],
    ...["shared/operations", "shared/auth", "valibot"],
  ],
  ...providerApi("functions/dli", "functions/dli/sql-job-read.ts"),
  "functions/dli/sql-job-read.ts": [
    "functions/dli/service.ts",
    "functions/dli/replies.ts",
    "shared/operations",
    "shared/protocols",
    "shared/validation",
    "valibot",
  ],
  "functions/analyticdb/authentication.ts": ["shared/protocols"],
  "functions/analyticdb/parameters.ts": ["shared/validation", "valibot"],
  "functions/analyticdb/router": [
    "functions/analyticdb/cancel-create-index-job",
    "functions/analyticdb/cancel-upload-document-job",
    "functions/analyticdb/describe-create-index-job",
    "functions/analyticdb/get-upload-document-job",
    "shared/container.ts",
    "shared/entrypoints",
  ],
  "functions/jobs": [
    "functions/registry.ts",
    "shared/container.ts",
    "shared/entrypoints",
    "shared/operations",
    "shared/protocols",
    "shared/auth",
    "shared/backends",
    "shared/validation",
    "shared/ports",
    "shared/domain",
    "node:crypto",
    "valibot",
  ],
  "functions/openapi": [
    "package.json",
    "functions/registry.ts",
    "functions/jobs",
    "shared/container.ts",
    "shared/entrypoints",
    "shared/protocols",
    "shared/auth",
    "@valibot/to-json-schema",
    "valibot",
  ],
  "functions/unknown-route": [
    "functions/registry.ts",
    "functions/jobs",
    "shared/container.ts",
    "shared/entrypoints",
    "shared/protocols",
    "shared/validation",
  ],
  "functions/cleanup-stale-jobs": [
    "shared/adapters/postgres",
    "functions/registry.ts",
    "shared/container.ts",
    "shared/entrypoints",
    "shared/operations",
    "shared/auth",
    "shared/validation",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "node:crypto",
    "valibot",
  ],
  "functions/keep-unmatched-requests": ["shared/container.ts", "shared/entrypoints", "shared/concurrency"],
  "functions/reconcile-cancellations": [
    "shared/adapters/postgres",
    "shared/container.ts",
    "shared/entrypoints",
    "shared/operations",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "aws-lambda",
  ],

  "shared/container.ts": [
    "shared/auth",
    "shared/config",
    "shared/backends",
    "shared/adapters",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "node:crypto",
  ],
  "shared/entrypoints": [
    "shared/operations",
    "shared/protocols",
    "shared/auth",
    "shared/validation",
    "shared/redaction",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "aws-lambda",
    "valibot",
  ],
  "shared/operations": [
    "shared/protocols",
    "shared/auth",
    "shared/validation",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "valibot",
  ],
  "shared/protocols": ["shared/auth", "shared/validation", "shared/domain", "node:crypto"],
  "shared/config": [
    "shared/auth",
    "shared/validation",
    "shared/adapters",
    "shared/domain",
    "shared/concurrency",
    "node:crypto",
    "node:fs/promises",
    "valibot",
  ],
  "shared/auth": ["shared/validation", "shared/ports", "shared/domain", "node:crypto"],
  "shared/validation": ["shared/domain", "valibot"],
  "shared/backends": ["shared/ports", "shared/domain", "valibot"],
  "shared/adapters/dynamodb": [
    "shared/adapters/aws-client",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "node:crypto",
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/util-dynamodb",
  ],
  "shared/adapters/sqs": [
    "shared/adapters/aws-client",
    "shared/redaction",
    "shared/ports",
    "shared/domain",
    "shared/concurrency",
    "aws-lambda",
  ],
  "shared/adapters/eventbridge": ["shared/adapters/aws-client", "shared/ports", "shared/domain", "shared/concurrency"],
  "shared/adapters/secrets-manager": ["shared/adapters/aws-client", "shared/ports", "node:fs/promises"],
  // In no bundle but those of functions that end work in databases.
  "shared/adapters/postgres": ["shared/ports", "shared/domain", "pg"],
  "shared/adapters/cloudwatch": ["shared/ports"],
  "shared/adapters/api-probe": ["shared/ports", "node:http", "node:https"],
  "shared/adapters/aws-client": ["shared/concurrency", "node:crypto", "node:http", "node:https"],
  "shared/ports": ["shared/domain", "shared/concurrency", "aws-lambda"],
  // Pure: no clock, no store, no randomness. Keys and hashes are functions of what they are given.
  "shared/domain/job-key.ts": ["shared/domain", "node:crypto"],
  "shared/domain/secret-hash.ts": ["shared/domain", "node:crypto"],
  "shared/domain": ["aws-lambda"],
  "shared/redaction": [],
  "shared/concurrency": [],

  // Is published: Node's own modules are all that it may count on.
  "packages/client": ["node:"],
  "packages/cli": [
    "packages/client",
    "functions/registry.ts",
    "functions/jobs/endpoints.ts",
    "shared",
    "packages/local",
    "node:",
    "@aws-sdk/client-lambda",
    "pg",
    "yaml",
  ],
  "packages/local": ["shared/config", "shared/redaction", "examples/workers", "node:", "*"],
  examples: ["packages/client", "node:"],
  infra: ["functions", "node:", "*"],
  scripts: ["functions/openapi", "shared/concurrency", "node:", "*"],
  bench: ["functions", "shared", "packages", "examples", "infra", "test", "node:", "*"],
  test: ["functions", "shared", "packages", "examples", "infra", "scripts", "bench", "node:", "*"],
};

const areas = Object.keys(arrows)
  .sort((a, b) => b.length - a.length)
  .map((name) => ({ name, pattern: new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}(?=/|$)`) }));

const isWithin = (place: string, file: string): boolean => file === place || file.startsWith(`${place}/`);

/** The list that a file is held to, and the folder or file that the list's name stands for. */
const areaOf = (file: string): { readonly place: string; readonly allowed: readonly string[] } | undefined => {
  for (const { name, pattern } of areas) {
    const [place] = pattern.exec(file) ?? [];
    if (place !== undefined) return { place, allowed: arrows[name] ?? [] };
  }
  return undefined;
};

/** `node:` stands for all built-ins, `*` for any package that is installed. */
const allows = (allowed: string, { specifier, file }: Import): boolean => {
  if (file !== undefined) return isWithin(allowed, file);
  if (specifier.startsWith("node:")) return allowed === "node:" || allowed === specifier;
  return allowed === "*" || packageOf(specifier) === allowed;
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** One line for each import that goes against an arrow, or comes from a file that no list is for. */
const reasonAgainst = (from: string, target: Import): string | undefined => {
  const area = areaOf(from);
  if (area === undefined) return from.includes("/") ? "is in a folder that no arrow is for" : undefined;
  if (target.file !== undefined && isWithin(area.place, target.file)) return undefined;
  const what = target.file ?? target.specifier;
  return area.allowed.some((allowed) => allows(allowed, target)) ? undefined : `must not import ${what}`;
};

/** Types vanish from the bundle; everything else that is deployed must be a dependency that is not for development. */
const isDeployed = (file: string): boolean => /^(functions|shared)\//.test(file);
const isUndeclared = ({ specifier, file, typeOnly }: Import, dependencies: readonly string[]): boolean =>
  file === undefined && !typeOnly && !specifier.startsWith("node:") && !dependencies.includes(packageOf(specifier));

export const againstTheArrows = (graph: ImportGraph, dependencies: readonly string[]): string[] =>
  [...graph].flatMap(([from, targets]) =>
    targets.flatMap((target) => {
      const reason = reasonAgainst(from, target);
      if (reason !== undefined) return [`${from} ${reason}`];
      const undeclared = isDeployed(from) && isUndeclared(target, dependencies);
      return undeclared ? [`${from} imports ${target.specifier}, which is no dependency`] : [];
    }),
  );

/** The imports between folders, for the same search for circles as between files. */
export const folderGraph = (graph: ImportGraph): ImportGraph => {
  const folders = new Map<string, Import[]>();
  for (const [from, targets] of graph) {
    const folder = path.posix.dirname(from);
    const others = targets.filter(({ file }) => file !== undefined && path.posix.dirname(file) !== folder);
    const known = folders.get(folder) ?? [];
    folders.set(folder, [
      ...known,
      ...others.map((target) => ({ ...target, file: path.posix.dirname(target.file ?? "") })),
    ]);
  }
  return folders;
};
