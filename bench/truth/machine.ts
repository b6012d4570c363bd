import { execFileSync } from "node:child_process";
import { cpus, release } from "node:os";
import path from "node:path";
import type { Containment } from "./referee/containment.ts";

/** Where and on what a campaign ran. */
export const describeMachine = (containment: Containment): readonly string[] => {
  const [{ model = "unknown" } = {}] = cpus();
  return [
    `Who is left of a job is seen by ${containment === "none" ? "its effects alone" : `a ${containment} for each job`}.`,
    `Node ${process.version}, Linux ${release()}, ${cpus().length} cores (${model.trim()}), commit ${commit()}.`,
  ];
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
