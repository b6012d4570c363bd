/** `npm run check:package`: looks at the tarball of the client as npm and TypeScript will. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packClient } from "./pack-client.ts";

/** The package is made of ES modules alone, which Node 20.19 and later also `require`. */
const unsupported = ["node10", "node16-cjs"];
const isForUnsupported = (problem: Problem): boolean =>
  "resolutionKind" in problem && unsupported.includes(problem.resolutionKind);

const problemsIn = async (tarball: Uint8Array<ArrayBuffer>): Promise<string[]> => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  const types = await checkPackage(createPackageFromTarballData(tarball));
  if (!types.types) return ["attw: the package has no types"];
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`),
    ...types.problems.filter((problem) => !isForUnsupported(problem)).map((one) => `attw: ${JSON.stringify(one)}`),
  ];
};

const folder = mkdtempSync(path.join(tmpdir(), "standdown-client-"));
try {
  const problems = await problemsIn(new Uint8Array(readFileSync(packClient(folder))));
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log("publint and attw find no problem in @standdown/client");
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
