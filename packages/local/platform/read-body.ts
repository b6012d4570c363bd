import type { IncomingMessage } from "node:http";

/**
 * Reads a whole body, or undefined where it is larger than `limit`. A body that is too large is still read to its end
 * and dropped: a client that is busy sending would not see the answer of a server that hangs up.
 */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks);
};
