import type { Work } from "./work.ts";

/** Documents by their ids, spread over shards. */
export type Shards = readonly ReadonlyMap<string, string>[];

const documentsInSlice = 200;

export const toShard = (id: string, shards: number): number => {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % shards;
};

/** Moves all documents to another number of shards, as a change of an instance's size does. */
export function* reshard(shards: Shards, count: number): Work<Shards> {
  const moved = Array.from({ length: count }, () => new Map<string, string>());
  let documents = 0;
  for (const shard of shards) {
    for (const [id, document] of shard) {
      moved[toShard(id, count)]?.set(id, document);
      if (++documents % documentsInSlice === 0) yield `moved ${documents} documents`;
    }
  }
  return moved;
}
