import { randomFrom } from "./random.ts";
import type { Work } from "./work.ts";

/** For each vertex, the vertices that it points to. */
export type Graph = readonly (readonly number[])[];

const damping = 0.85;
const verticesInSlice = 2000;

/** A graph in which a few vertices are pointed to by many, and some point nowhere. */
export const randomGraph = (vertices: number, seed: number): Graph => {
  const random = randomFrom(seed);
  const edges = () => Array.from({ length: Math.floor(random() * 8) }, () => Math.floor(random() ** 3 * vertices));
  return Array.from({ length: vertices }, edges);
};

/** The rank of each vertex by so many iterations; all of them together are 1. */
export function* pageRank(graph: Graph, iterations: number): Work<Float64Array> {
  const count = graph.length;
  let ranks = new Float64Array(count).fill(1 / count);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const next = new Float64Array(count);
    // A vertex that points nowhere points everywhere, or its rank would be lost.
    let nowhere = 0;
    for (const [vertex, targets] of graph.entries()) {
      const rank = ranks[vertex] ?? 0;
      if (targets.length === 0) nowhere += rank;
      for (const target of targets) next[target] = (next[target] ?? 0) + rank / targets.length;
      if ((vertex + 1) % verticesInSlice === 0) yield `iteration ${iteration} of ${iterations}, vertex ${vertex + 1}`;
    }
    const everywhere = (1 - damping + damping * nowhere) / count;
    ranks = next.map((rank) => everywhere + damping * rank);
  }
  return ranks;
}
