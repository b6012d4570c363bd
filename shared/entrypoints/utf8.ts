import { RequestRejected } from "../validation/request-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

export const decodeUtf8 = (bytes: Buffer): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new RequestRejected({ kind: "malformed", detail: "the body is not UTF-8" });
  }
};
