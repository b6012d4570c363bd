import type { Import, ImportGraph } from "./import-graph.ts";

interface Arrow {
  readonly from: RegExp;
  /** Why this import is against the rules, or nothing. */
  readonly forbids: (target: Import, from: string) => string | undefined;
}

const leaves = (folder: string) => (target: Import) =>
  target.file?.startsWith(`${folder}/`) ? undefined : `imports something outside ${folder}`;

const mustNotReach =
  (...folders: readonly string[]) =>
  ({ file = "" }: Import) => {
    const folder = folders.find((name) => file.startsWith(`${name}/`));
    return folder && `imports from ${folder}`;
  };

/**
 * What one folder of functions/ may take from the others. The registry is for those that work on all operations; an
 * operation stands alone, or a sixth would not be one folder.
 */
const betweenFunctions: Readonly<Record<string, RegExp>> = {
  "operations.ts": /^functions\/[^/]+\/operation\.ts$/,
  "analyticdb-rpc": /^functions\/(cancel|describe|get)-(create-index|upload-document)-job\/operation\.ts$/,
  // A read is of the service of one cancel, and takes from it what both have.
  "describe-create-index-job": /^functions\/cancel-create-index-job\/operation\.ts$/,
  "get-upload-document-job": /^functions\/cancel-upload-document-job\/operation\.ts$/,
  "show-graph-job-status": /^functions\/cancel-graph-job\/operation\.ts$/,
  "list-scheduled-tasks": /^functions\/cancel-scheduled-task\/operation\.ts$/,
  "show-sql-job-status": /^functions\/cancel-sql-job\/operation\.ts$/,
  jobs: /^functions\/operations\.ts$/,
  openapi: /^functions\/(operations\.ts|jobs\/.+)$/,
  "unknown-route": /^functions\/(operations\.ts|jobs\/.+)$/,
  "clean-up-stale-jobs": /^functions\/operations\.ts$/,
};

const staysInItsFolder = ({ file = "" }: Import, from: string): string | undefined => {
  const [, folder = ""] = from.split("/");
  if (!file.startsWith("functions/") || file.startsWith(`functions/${folder}/`)) return undefined;
  return betweenFunctions[folder]?.test(file) ? undefined : `may not take ${file}`;
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Types vanish from the bundle; everything else that is deployed must be a dependency that is not for development. */
const onlyDeployed = (dependencies: readonly string[]) => (target: Import) => {
  const { specifier, file, typeOnly } = target;
  if (file !== undefined || typeOnly || specifier.startsWith("node:")) return undefined;
  return dependencies.includes(packageOf(specifier)) ? undefined : `takes ${specifier}, which is no dependency`;
};

const arrows = (dependencies: readonly string[]): readonly Arrow[] => [
  { from: /^shared\/cancellation\//, forbids: leaves("shared/cancellation") },
  { from: /^shared\//, forbids: mustNotReach("functions", "local", "client", "test") },
  { from: /^functions\//, forbids: mustNotReach("local", "client", "test") },
  { from: /^functions\//, forbids: staysInItsFolder },
  { from: /^(functions|shared)\//, forbids: onlyDeployed(dependencies) },
  // It is copied into other projects: Node's own modules are all that it may count on.
  {
    from: /^client\//,
    forbids: (target) => (target.specifier.startsWith("node:") ? undefined : leaves("client")(target)),
  },
  { from: /^local\//, forbids: mustNotReach("test") },
];

/** One line for each import that goes against an arrow. */
export const againstTheArrows = (graph: ImportGraph, dependencies: readonly string[]): string[] =>
  [...graph].flatMap(([from, targets]) =>
    arrows(dependencies)
      .filter((arrow) => arrow.from.test(from))
      .flatMap(({ forbids }) => targets.map((target) => forbids(target, from)))
      .filter((reason) => reason !== undefined)
      .map((reason) => `${from} ${reason}`),
  );
