import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { packClient } from "../../../scripts/pack-client.ts";

const runFile = promisify(execFile);

/** A project outside the repository, with nothing in it but the tarball of the client, installed by npm. */
export const createFreshProject = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "standdown-fresh-project-"));
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  const run = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runFile(program, args, { cwd: folder, env: { ...process.env, ...env } });

  await mkdir(path.join(folder, "packed"));
  const tarball = packClient(path.join(folder, "packed"));
  await write("package.json", JSON.stringify({ name: "fresh-project", private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball]);

  return {
    folder,
    write,
    run,
    /** Runs a file of the project with Node, and returns what it prints. */
    runNode: async (file: string, env: Readonly<Record<string, string>>) =>
      (await run(process.execPath, [file], env)).stdout,
    /** Compiles the project with a compiler of the repository, and returns its complaints. */
    async compile(compiler: string): Promise<string> {
      const failed = (error: { stdout: string }) => error;
      return (await run(process.execPath, [compiler, "-p", "."]).catch(failed)).stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

export type FreshProject = Awaited<ReturnType<typeof createFreshProject>>;
