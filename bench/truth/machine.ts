import { execFileSync } from "node:child_process";
import { cpus, release } from "node:os";
import path from "node:path";

/** Where and on what a campaign ran. */
export const describeMachine = (): readonly string[] => {
  const [{ model = "unknown" } = {}] = cpus();
  return [`Node ${process.version}, Linux ${release()}, ${cpus().length} cores (${model.trim()}), commit ${commit()}.`];
};

const commit = (): string => {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: path.join(import.meta.dirname, "../..") });
    const name = git("rev-parse", "--short", "HEAD").toString().trim();
    return git("status", "--porcelain").length === 0 ? name : `${name} with changes`;
  } catch {
    return "unknown";
  }
};
