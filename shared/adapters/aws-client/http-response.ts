export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** Whether the server takes another request over the same connection. */
  readonly keepsOpen: boolean;
}

export interface ResponseReader {
  /** Returns the response with its last byte. Throws when what came is no HTTP/1.1 response. */
  readonly push: (bytes: Buffer) => HttpResponse | undefined;
  /** Returns a response whose end is the end of the connection, if one has begun. */
  readonly end: () => HttpResponse | undefined;
}

interface Head {
  readonly status: number;
  readonly keepsOpen: boolean;
  readonly bodyAt: number;
  /** Bytes; undefined where the body ends with its last chunk or with the connection. */
  readonly length: number | undefined;
  readonly chunked: boolean;
}

const maxHeadBytes = 64 * 1024;

/** Reads the response to one `POST`, by RFC 9112: a length, chunks, or all until the connection ends. */
export const responseReader = (): ResponseReader => {
  let parts: Buffer[] = [];
  let size = 0;
  let head: Head | undefined;
  const join = (): Buffer => {
    const [first = Buffer.alloc(0), ...others] = parts;
    parts = [others.length === 0 ? first : Buffer.concat(parts)];
    return parts[0] as Buffer;
  };

  const complete = (body: Buffer, { status, keepsOpen }: Head, left: number): HttpResponse => ({
    status,
    body: body.toString("utf8"),
    // More than was asked for would be read as the answer to the next request.
    keepsOpen: keepsOpen && left === 0,
  });

  return {
    push(bytes) {
      parts.push(bytes);
      size += bytes.length;
      while (head === undefined) {
        const received = join();
        const read = readHead(received);
        if (read === undefined) return undefined;
        if (read.status >= 200) head = read;
        // "100 Continue" and its like precede the response.
        else {
          parts = [received.subarray(read.bodyAt)];
          size -= read.bodyAt;
        }
      }
      if (head.chunked) {
        const body = join().subarray(head.bodyAt);
        const read = readChunks(body);
        return read && complete(read.body, head, body.length - read.end);
      }
      // What is long comes in many parts, which are joined once.
      if (head.length === undefined || size < head.bodyAt + head.length) return undefined;
      const body = join().subarray(head.bodyAt);
      return complete(body.subarray(0, head.length), head, body.length - head.length);
    },
    end: () =>
      head === undefined || head.chunked || head.length !== undefined
        ? undefined
        : complete(join().subarray(head.bodyAt), head, 0),
  };
};

const readHead = (received: Buffer): Head | undefined => {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) {
    if (received.length > maxHeadBytes) throw new Error("the head of the response does not end");
    return undefined;
  }
  const [statusLine = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const [, version, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)( |$)/.exec(statusLine) ?? [];
  if (code === undefined) throw new Error("the answer is no HTTP/1.1 response");
  const status = Number(code);
  const headers = readHeaders(lines);
  const connection = headers.get("connection")?.toLowerCase();
  const keepsOpen = version === "1" ? connection !== "close" : connection === "keep-alive";
  const bodyAt = end + 4;
  if (status < 200 || status === 204 || status === 304) return { status, keepsOpen, bodyAt, length: 0, chunked: false };
  const encoding = headers.get("transfer-encoding");
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== "chunked") throw new Error("the response has an unknown transfer encoding");
    return { status, keepsOpen, bodyAt, length: undefined, chunked: true };
  }
  const given = headers.get("content-length");
  if (given === undefined) return { status, keepsOpen: false, bodyAt, length: undefined, chunked: false };
  if (!/^\d{1,15}$/.test(given)) throw new Error("the response has no valid length");
  return { status, keepsOpen, bodyAt, length: Number(given), chunked: false };
};

const readHeaders = (lines: readonly string[]): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error("the response has a malformed header");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
};

/** Returns the body once its last chunk and what trails it are there. */
const readChunks = (bytes: Buffer): { readonly body: Buffer; readonly end: number } | undefined => {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const [, digits] = /^([0-9a-fA-F]{1,8})[ \t]*(;|$)/.exec(bytes.toString("latin1", at, lineEnd)) ?? [];
    if (digits === undefined) throw new Error("the response has a malformed chunk");
    const size = Number.parseInt(digits, 16);
    const from = lineEnd + 2;
    if (size === 0) {
      const end = trailerEnd(bytes, from);
      return end === undefined ? undefined : { body: Buffer.concat(chunks), end };
    }
    const to = from + size;
    if (bytes.length < to + 2) return undefined;
    if (bytes.toString("latin1", to, to + 2) !== "\r\n") throw new Error("the response has a chunk of another size");
    chunks.push(bytes.subarray(from, to));
    at = to + 2;
  }
};

const trailerEnd = (bytes: Buffer, from: number): number | undefined => {
  if (bytes.toString("latin1", from, from + 2) === "\r\n") return from + 2;
  const end = bytes.indexOf("\r\n\r\n", from);
  return end < 0 ? undefined : end + 4;
};
