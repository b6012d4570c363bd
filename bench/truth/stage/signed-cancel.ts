import { huaweiClient } from "../../../test/support/signing/signing-clients.ts";
import type { Sent } from "../referee/wire.ts";
import { accessKey, projectId, type World } from "../worlds/world.ts";

const sign = huaweiClient({ algorithm: "SDK-HMAC-SHA256" });

/** A cancel of DLI, signed at this moment. The same one sent twice is the same bytes. */
export interface SignedCancel extends Required<Pick<Sent, "headers">> {
  readonly target: string;
}

export const signCancel = ({ host, now }: Pick<World, "host" | "now">, jobId: string): SignedCancel => {
  const target = `/v1.0/${projectId}/jobs/${jobId}`;
  const headers = { Host: host, "Content-Type": "application/json" };
  const { message } = sign(
    { method: "DELETE", path: target, query: {}, headers },
    { key: accessKey, at: now(), nonce: "" },
  );
  // The host is whom the request is sent to.
  const { Host: _host, ...sent } = message.headers;
  return { target, headers: sent };
};
