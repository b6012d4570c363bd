export interface SqsServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded SQS-compatible server on any free port. Queues and messages live in memory. It runs in this
 * process: that takes half the memory of one of its own, and it ends with us however we end. It is loaded only now,
 * so that a template without queues does not wait for it.
 */
export const startSqs = async (region: string): Promise<SqsServer> => {
  const { buildApp } = await import("fauxqs");
  await acceptAllCharacters();
  const app = buildApp({ logger: false, defaultRegion: region });
  // Its own URLs begin with http://sqs.{region}.localhost, which many resolvers do not know. It looks at their path only.
  app.addHook("preSerialization", async (_request, _reply, payload) => withReachableUrls(payload));
  const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    endpoint,
    async stop() {
      await app.close();
    },
  };

  function withReachableUrls(reply: unknown): unknown {
    if (typeof reply !== "object" || reply === null) return reply;
    const { QueueUrl: url, QueueUrls: urls } = reply as { QueueUrl?: string; QueueUrls?: string[] };
    return { ...reply, ...(url && { QueueUrl: reachable(url) }), ...(urls && { QueueUrls: urls.map(reachable) }) };
  }

  function reachable(url: string): string {
    return endpoint + new URL(url).pathname;
  }
};

/**
 * SQS takes every character that XML 1.0 can hold. The embedded server's pattern has no `u` flag: it sees surrogates and
 * refuses whatever lies above U+FFFF, such as an emoji.
 */
const acceptAllCharacters = async (): Promise<void> => {
  const { INVALID_MESSAGE_BODY_CHAR: invalid } = await import(
    import.meta.resolve("fauxqs").replace("app.js", "sqs/sqsTypes.js")
  );
  const inUnicode = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
  invalid.test = (body: string) => inUnicode.test(body);
};
