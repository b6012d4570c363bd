import { createHash, createHmac, createSecretKey, type Hash, type Hmac } from "node:crypto";

type Data = string | ArrayBuffer | ArrayBufferView;

const bytes = (data: ArrayBuffer | ArrayBufferView) =>
  ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);

/** SHA-256 in the shape that the signer asks for. */
export class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Data) {
    // In Node 24 an HMAC with a Buffer for its key costs five times one with a key object.
    if (secret === undefined) this.#hash = createHash("sha256");
    else this.#hash = createHmac("sha256", typeof secret === "string" ? secret : createSecretKey(bytes(secret)));
  }

  update(data: Data) {
    this.#hash.update(typeof data === "string" ? data : bytes(data));
  }

  async digest() {
    return this.#hash.digest();
  }

  reset() {
    throw new Error("The signer never resets a hash.");
  }
}
