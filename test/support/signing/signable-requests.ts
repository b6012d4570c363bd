import type { SignableRequest } from "../../../shared/auth/signable-request.ts";
import { type Message, readBody } from "./signer.ts";

/** A message as the schemes get to see it, once it has passed an API Gateway. */
export const asReceived = (message: Message): SignableRequest => ({
  method: message.method,
  path: decodeURIComponent(message.path),
  headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value])),
  query: message.query,
  parameters: { ...message.query, ...message.form },
  body: Buffer.from(readBody(message)),
  source: "192.0.2.1",
});

/** A request that presents nothing, unless told otherwise. */
export const aSignableRequest = (given: Partial<SignableRequest> = {}): SignableRequest => ({
  method: "POST",
  path: "/",
  headers: {},
  query: {},
  parameters: {},
  body: Buffer.alloc(0),
  source: "192.0.2.1",
  ...given,
});
