import type { Sample, Samples, Variant } from "./measure.ts";
import { difference, type Figure, figure, paired, ratio } from "./statistics.ts";

export const aims = { zippedKiB: 100, overBareMs: 30, fasterThanVendor: 3 };

const imports = (samples: Samples = []) => samples.map(({ importMs }) => importMs);

const overBare = (samples: Samples | undefined, bare: Samples) => paired(imports(samples), imports(bare), difference);

export interface HandlerRow {
  readonly name: string;
  readonly zippedKiB: number;
  readonly overBareMs: Figure;
  /** How many times as long each vendor's handler takes to import: Alibaba Cloud, Huawei Cloud. */
  readonly fasterThan: Readonly<Record<string, Figure>>;
}

/** Compares each handler with each rival; of a rival's formats the faster one counts. */
export function handlerRows(
  handlers: readonly Variant[],
  rivals: Readonly<Record<string, readonly Variant[]>>,
  bare: Samples,
  samples: ReadonlyMap<string, Samples>,
): HandlerRow[] {
  return handlers.map(({ name, zippedBytes }) => {
    const own = imports(samples.get(name));
    const against = ([rival, formats]: [string, readonly Variant[]]): [string, Figure] => {
      const ratios = formats.map((format) => paired(imports(samples.get(format.name)), own, ratio));
      const slowest = Math.min(...ratios.map(({ median }) => median));
      return [rival, ratios.find(({ median }) => median === slowest) ?? figure([])];
    };
    return {
      name,
      zippedKiB: zippedBytes / 1024,
      overBareMs: overBare(samples.get(name), bare),
      fasterThan: Object.fromEntries(Object.entries(rivals).map(against)),
    };
  });
}

export interface ChoiceRow {
  readonly name: string;
  readonly zippedKiB: number;
  readonly overBareMs: Figure;
  readonly firstMs: Figure;
  readonly secondMs: Figure;
  readonly cpuMicroseconds: Figure;
  /** Import and first call together, as a part of what the first variant takes. */
  readonly startRatio: Figure;
  readonly cpuRatio: Figure;
}

const start = ({ importMs, firstMs = Number.NaN }: Sample) => importMs + firstMs;
const cpu = ({ cpuMicroseconds = Number.NaN }: Sample) => cpuMicroseconds;

/** Compares the variants of one choice with the first of them. */
export function choiceRows(
  variants: readonly Variant[],
  bare: Samples,
  samples: ReadonlyMap<string, Samples>,
): ChoiceRow[] {
  const first = samples.get(variants[0]?.name ?? "") ?? [];
  return variants.map(({ name, zippedBytes }) => {
    const own = samples.get(name) ?? [];
    return {
      name,
      zippedKiB: zippedBytes / 1024,
      overBareMs: overBare(own, bare),
      firstMs: figure(own.map(({ firstMs = Number.NaN }) => firstMs)),
      secondMs: figure(own.map(({ secondMs = Number.NaN }) => secondMs)),
      cpuMicroseconds: figure(own.map(cpu)),
      startRatio: paired(own.map(start), first.map(start), ratio),
      cpuRatio: paired(own.map(cpu), first.map(cpu), ratio),
    };
  });
}
