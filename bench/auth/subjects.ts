import { createHmac } from "node:crypto";
import { identify } from "../../shared/auth/authenticate.ts";
import type { SignableRequest } from "../../shared/auth/signable-request.ts";
import { keyOf, messageOf, recompute } from "../../test/support/signing/captured-messages.ts";
import { type Capture, captures, directoryFor, presentedBy, schemesFor } from "../../test/support/signing/captures.ts";
import type { ToSign } from "../../test/support/signing/signer.ts";
import { acs3Client } from "../../test/support/signing/signing-clients.ts";

/** One scheme: a request of a published SDK, verified, and the least work that a verification could be. */
export interface Subject {
  readonly name: string;
  /** How many bytes the bare HMAC is made over. */
  readonly bytes: number;
  readonly verify: () => void;
  readonly bare: () => void;
}

/** The request of a capture, with what was signed of it. */
interface Request {
  readonly presented: SignableRequest;
  readonly toSign: ToSign;
}

export const subjects = (): readonly Subject[] => [
  fromCapture("ACS3-HMAC-SHA256", "sha256", "alibaba-CancelUploadDocumentJob-acs3-hmac-sha256"),
  subject("ACS3-HMAC-SM3", "sm3", capture("alibaba-CancelUploadDocumentJob-acs3-hmac-sha256"), resignedWithSm3),
  fromCapture("RPC V1 HMAC-SHA1", "sha1", "alibaba-CancelUploadDocumentJob-rpc-v1-hmac-sha1"),
  fromCapture("SDK-HMAC-SHA256 Access=", "sha256", "huawei-dli-cancelSqlJob-sdk-hmac-sha256"),
  fromCapture("SDK-HMAC-SHA256 Credential=", "sha256", "otc-dli-cancelJob-gophertelekomcloud-aksk-credential-scope"),
  fromCapture("V11-HMAC-SHA256", "sha256", "huawei-dli-cancelSqlJob-v11-hmac-sha256-derived"),
];

const fromCapture = (name: string, hash: string, captureName: string): Subject =>
  subject(name, hash, capture(captureName), (captured) => ({
    presented: presentedBy(captured),
    toSign: recompute(captured).toSign,
  }));

const capture = (name: string): Capture => {
  const found = captures.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no capture ${name}`);
  return found;
};

/** There is no capture of SM3: the request of another one, signed by the signer of the tests. */
const resignedWithSm3 = (captured: Capture): Request => {
  const { authorization: _, "x-acs-content-sha256": __, ...headers } = messageOf(captured).headers;
  const { message, toSign } = acs3Client("ACS3-HMAC-SM3")(
    { ...messageOf(captured), headers },
    { key: keyOf(captured), at: Date.parse(captured.requests[0].receivedAt), nonce: "nonce" },
  );
  const { Authorization: authorization, ...others } = message.headers;
  return { presented: { ...presentedBy(captured), headers: { ...others, authorization } }, toSign };
};

const subject = (name: string, hash: string, captured: Capture, read: (captured: Capture) => Request): Subject => {
  const { presented, toSign } = read(captured);
  const bytes = Buffer.from(toSign.canonicalRequest + toSign.stringToSign);
  const { secret } = keyOf(captured);
  const schemes = schemesFor(captured);
  const asked = {
    credentials: directoryFor(captured),
    now: Date.parse(captured.requests[0].receivedAt),
    trigger: "http",
  } as const;
  return {
    name,
    bytes: bytes.length,
    verify: () => {
      const found = identify(schemes, presented, asked);
      const error = "fault" in found ? found : found.verify?.();
      if (error) throw new Error(`${name} is refused: ${error.fault}`);
    },
    bare: () => {
      createHmac(hash, secret).update(bytes).digest();
    },
  };
};
