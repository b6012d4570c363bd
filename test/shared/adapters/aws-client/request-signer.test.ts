import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import { requestSigner } from "../../../../shared/adapters/aws-client/request-signer.ts";

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 in the shape that Smithy's signer asks for. */
class Sha256 {
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  readonly #start: () => ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  constructor(key?: Bytes) {
    this.#start = () => (key === undefined ? createHash("sha256") : createHmac("sha256", key as string));
    this.#hash = this.#start();
  }
  update(chunk: Bytes): void {
    this.#hash.update(chunk as string);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#start();
  }
}

const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }).map((text) => `k${text.trim()}`);
const headerValue = fc.stringMatching(/^[!-~]([!-~]{0,30})$/);

test("signs as Smithy's signer does, with and without a session token, over days", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        service: fc.constantFrom("dynamodb", "sqs", "events", "secretsmanager"),
        region: fc.constantFrom("eu-central-1", "cn-north-1", "us-gov-west-1"),
        secretAccessKey: printable,
        sessionToken: fc.option(headerValue, { nil: undefined }),
        target: headerValue,
        body: fc.string({ unit: "binary", maxLength: 200 }),
        host: fc.constantFrom("dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:8000", "[::1]:9"),
        times: fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 1, maxLength: 3 }),
      }),
      async ({ service, region, secretAccessKey, sessionToken, target, body, host, times }) => {
        const credentials = {
          accessKeyId: "AKIDEXAMPLE",
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        };
        const sign = requestSigner(service, { region, credentials, endpoints: {} });
        // A digest of the body in a header of its own is for other services.
        const theirs = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
        const headers = { host, "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
        for (const time of times) {
          const request = { method: "POST", protocol: "https:", hostname: host, path: "/", headers, body };
          const expected = (await theirs.sign(request, { signingDate: new Date(time) })).headers;
          expect(sign(body, headers, time)).toEqual(expected);
        }
      },
    ),
    { numRuns: 200 },
  );
});
