import { ofRequests } from "./requests.ts";
import { ofSignatures } from "./signatures.ts";
import { ofTenants } from "./tenants.ts";
import { type Attempt, startWorld } from "./world.ts";

/** The classes of attempts, by what they are made on. */
export const classes: Readonly<Record<string, Attempt>> = { ...ofSignatures, ...ofTenants, ...ofRequests };

export interface Count {
  readonly name: string;
  readonly attempts: number;
  /** What fell, with what it takes to see it. */
  readonly fallen: readonly string[];
}

/** Makes so many attempts in equal shares for the classes. The seed decides all of them. */
export const runCampaign = async (attempts: number, seed: number, of = classes): Promise<readonly Count[]> => {
  const world = await startWorld(seed);
  const names = Object.entries(of);
  const each = Math.ceil(attempts / names.length);
  try {
    const counts: Count[] = [];
    for (const [name, attempt] of names) {
      const fallen: string[] = [];
      for (let number = 0; number < each; number++) {
        const what = await attempt(world);
        if (what !== undefined) fallen.push(what);
      }
      counts.push({ name, attempts: each, fallen });
    }
    return counts;
  } finally {
    await world.stop();
  }
};
