import type { Work } from "./work.ts";

export interface Chunk {
  readonly offset: number;
  readonly text: string;
  /** Of its words, hashed into a few dimensions: what a vector search would compare. */
  readonly vector: Float32Array;
}

export interface ChunkSizes {
  readonly characters: number;
  /** How many characters of a chunk are the last ones of the chunk before. */
  readonly overlap: number;
}

const chunksInSlice = 20;
const dimensions = 32;

/** Cuts a document into overlapping chunks with a vector each, as an upload does before it writes them. */
export function* textChunks(document: string, { characters, overlap }: ChunkSizes): Work<readonly Chunk[]> {
  const chunks: Chunk[] = [];
  for (let offset = 0; ; offset += characters - overlap) {
    const text = document.slice(offset, offset + characters);
    chunks.push({ offset, text, vector: vectorOf(text) });
    if (offset + characters >= document.length) return chunks;
    if (chunks.length % chunksInSlice === 0) yield `wrote ${chunks.length} chunks, up to character ${offset}`;
  }
}

/** The document that a chunk list was made of. */
export const joinChunks = (chunks: readonly Chunk[], { overlap }: ChunkSizes): string =>
  chunks.map(({ offset, text }) => (offset === 0 ? text : text.slice(overlap))).join("");

const vectorOf = (text: string): Float32Array => {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    let hash = 0;
    for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
};
