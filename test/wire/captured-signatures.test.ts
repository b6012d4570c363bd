import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "../../shared/auth/authenticate.ts";
import type { SignableRequest } from "../../shared/auth/signable-request.ts";
import { type Capture, directoryFor, presentedBy, schemesFor, signedCaptures } from "../support/signing/captures.ts";

const timeOf = ({ requests: [{ receivedAt }] }: Capture): number => Date.parse(receivedAt);

const ask = (capture: Capture, request: SignableRequest, now = timeOf(capture)) => {
  const found = identify(schemesFor(capture), request, { credentials: directoryFor(capture), now, trigger: "http" });
  return "fault" in found ? found : (found.verify?.() ?? found);
};

const toNativeError = (capture: Capture, request: SignableRequest, now?: number) => {
  const found = ask(capture, request, now);
  return "fault" in found ? found.fault : "none";
};

const minute = 60_000;

describe.each(signedCaptures.map((capture) => ({ capture, name: capture.name })))("$name", ({ capture }) => {
  const request = presentedBy(capture);
  const isRpcV1 = request.headers.authorization === undefined;

  test("verifies", () => {
    expect(ask(capture, request)).toMatchObject({ principal: { name: "sdk" } });
  });

  test("is good for fifteen minutes of clock skew either way, and no more", () => {
    const signedAt = Math.floor(timeOf(capture) / 1000) * 1000;
    expect(toNativeError(capture, request, signedAt + 14 * minute)).toBe("none");
    expect(toNativeError(capture, request, signedAt - 14 * minute)).toBe("none");
    expect(toNativeError(capture, request, signedAt + 16 * minute)).toBe("expired");
    expect(toNativeError(capture, request, signedAt - 16 * minute)).toBe("expired");
  });

  test("is refused with any one byte of path, query, signed header or body changed", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 127 }), (at, where, flip) => {
        const changed = [changedPath, changedParameter, changedHeader, changedBody][where]?.(
          request,
          at,
          flip,
          isRpcV1,
        );
        if (changed) expect(toNativeError(capture, changed)).not.toBe("none");
      }),
      { numRuns: 400 },
    );
  });

  test("is refused with another secret, key or security token", () => {
    const other = (changed: Record<string, string>) => ({
      ...capture,
      credentials: { ...capture.credentials, ...changed },
    });
    const isAlibaba = "accessKeyId" in capture.credentials;
    expect(toNativeError(other(isAlibaba ? { accessKeySecret: "x" } : { sk: "x" }), request)).toBe("bad-signature");
    expect(toNativeError(other(isAlibaba ? { accessKeyId: "x" } : { ak: "x" }), request)).toBe("unknown-key");
    expect(toNativeError(other({ securityToken: "x" }), request)).toBe("wrong-security-token");
  });
});

/** Changes one character to another, which is not what trimming or letter case would take for the same. */
const flipped = (text: string, at: number, flip: number): string | undefined => {
  if (text === "") return undefined;
  const index = at % text.length;
  const changed = String.fromCharCode(((text.charCodeAt(index) ^ flip) % 94) + 33);
  return changed === text[index] ? undefined : text.slice(0, index) + changed + text.slice(index + 1);
};

type Change = (request: SignableRequest, at: number, flip: number, isRpcV1: boolean) => SignableRequest | undefined;

const changedPath: Change = (request, at, flip, isRpcV1) => {
  const path = flipped(request.path, at, flip);
  // The path of an RPC-style request is always the root: version 1 signs just that.
  return path === undefined || isRpcV1 ? undefined : { ...request, path };
};

const changedParameter: Change = (request, at, flip, isRpcV1) => {
  const source = isRpcV1 ? request.parameters : request.query;
  const names = Object.keys(source);
  const name = names[at % names.length];
  const value = name === undefined ? undefined : flipped(source[name] ?? "", at, flip);
  if (name === undefined || value === undefined) return undefined;
  const changed = { ...source, [name]: value };
  return { ...request, query: changed, ...(isRpcV1 ? { parameters: changed } : {}) };
};

const changedHeader: Change = (request, at, flip) => {
  const signed = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const name = [...signed, ...(signed.length > 0 ? ["authorization"] : [])][at % (signed.length + 1)];
  const value = name === undefined ? undefined : flipped(request.headers[name] ?? "", at, flip);
  return name === undefined || value === undefined
    ? undefined
    : { ...request, headers: { ...request.headers, [name]: value } };
};

const changedBody: Change = (request, at, flip, isRpcV1) => {
  // In version 1 the form is signed as parameters.
  if (isRpcV1) return undefined;
  const text = request.body.toString() || "x";
  const changed = flipped(text, at, flip);
  return changed === undefined ? undefined : { ...request, body: Buffer.from(changed) };
};
