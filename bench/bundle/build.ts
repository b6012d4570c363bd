import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { zipSync } from "fflate";
import type { Variant } from "./measure.ts";

interface ProductBundler {
  bundle: (options: BuildOptions & { entry: string; outfile: string }) => Promise<unknown>;
  builtinsOnDemand: Plugin;
}

// By a computed address because the product's script is plain JavaScript, which tsc would refuse to import untyped.
const productScript = new URL("../../infra/bundle.mjs", import.meta.url).href;
const { bundle, builtinsOnDemand }: ProductBundler = await import(productScript);

export type Format = "esm" | "esm-builtins" | "cjs";

/** `esm-builtins` is the product's own setting; the others take the plugin away. */
const settings: Record<Format, { extension: string; plugins: Plugin[]; options: BuildOptions }> = {
  "esm-builtins": { extension: "mjs", plugins: [builtinsOnDemand], options: {} },
  esm: {
    extension: "mjs",
    plugins: [],
    // CommonJS packages inside an ESM bundle call `require`, which ESM does not have.
    options: {
      banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    },
  },
  cjs: { extension: "cjs", plugins: [], options: { format: "cjs" } },
};

export interface Source {
  readonly name: string;
  /** Path below variants/, without its extension. */
  readonly entry: string;
  readonly format?: Format;
  readonly plugins?: readonly Plugin[];
  readonly event?: object;
  readonly calls?: number;
}

/** Bundles one handler as the product bundles its functions, and zips it for its size. */
export async function build(source: Source, directory: string): Promise<Variant> {
  const { entry, format = "esm-builtins", plugins = [], ...variant } = source;
  const { extension, plugins: formatPlugins, options } = settings[format];
  const outfile = path.join(directory, `${entry.replaceAll("/", "-")}.${format}.${extension}`);
  await bundle({
    entry: path.join(import.meta.dirname, "variants", `${entry}.ts`),
    outfile,
    plugins: [...plugins, ...formatPlugins],
    ...options,
  });
  const zipped = zipSync({ [path.basename(outfile)]: await readFile(outfile) }, { level: 9 });
  return { ...variant, file: outfile, zippedBytes: zipped.length };
}
