import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const packageFolder = path.join(import.meta.dirname, "../packages/client");

/** Builds and packs `@standdown/client` into an empty folder, and returns the path of the tarball. */
export const packClient = (folder: string): string => {
  // `npm pack` builds first: it is the package's `prepack`.
  const { status, stdout, stderr, error } = spawnSync("npm", ["pack", "--pack-destination", folder], {
    cwd: packageFolder,
    encoding: "utf8",
  });
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  if (status !== 0 || tarball === undefined)
    throw new Error(`@standdown/client cannot be packed:\n${stdout}${stderr}`, { cause: error });
  return path.join(folder, tarball);
};
