import { RequestRejected } from "../validation/request-error.ts";

export const decodeUtf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RequestRejected({ kind: "malformed", detail: "the body is not UTF-8" });
  }
};
