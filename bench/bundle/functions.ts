import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import type { Variant } from "./measure.ts";

const root = path.join(import.meta.dirname, "../..");

/** Packages the functions as a deployment does, and unpacks the module of each zip, so that the deployed artifact is measured. */
export async function deployedFunctions(directory: string): Promise<Variant[]> {
  await promisify(execFile)("npx", ["serverless", "package"], { cwd: root });
  const zips = (await readdir(path.join(root, ".serverless"))).filter((file) => file.endsWith(".zip")).sort();
  return Promise.all(zips.map((zip) => unpack(path.join(root, ".serverless", zip), directory)));
}

async function unpack(zip: string, directory: string): Promise<Variant> {
  const name = path.basename(zip, ".zip");
  const archive = await readFile(zip);
  const modules = Object.entries(unzipSync(archive)).filter(([file]) => file.endsWith(".mjs"));
  const [module] = modules;
  if (!module || modules.length > 1) throw new Error(`${name}.zip holds ${modules.length} modules instead of one`);
  const file = path.join(directory, `deployed-${name}.mjs`);
  await writeFile(file, module[1]);
  return { name, file, zippedBytes: archive.length };
}
