import { identify, type Scheme, unauthenticated } from "../auth/authenticate.ts";
import type { Identified } from "../auth/signature.ts";
import type { Services } from "../ports/services.ts";
import type { HttpRequest } from "./http-request.ts";
import { readParameters } from "./parameters.ts";

/**
 * Finds who sends a request. A signature is computed last, and only for a key that is known and did not fail too often at
 * this address: whoever has none shall not make the function work. A nonce is good once.
 */
export const authenticateRequest = async (
  schemes: readonly Scheme[],
  request: HttpRequest,
  parameters: Readonly<Record<string, string>>,
  services: Pick<Services, "credentials" | "clock" | "lockouts" | "nonces" | "metrics">,
): Promise<Identified> => {
  const { method, path, headers, source } = request;
  const presented = {
    method,
    path,
    headers,
    source,
    parameters,
    get query() {
      return readParameters(request.query);
    },
    get body() {
      return request.body();
    },
  };
  const now = services.clock.now();
  const found = identify(schemes, presented, { credentials: await services.credentials(), now, trigger: "http" });
  if ("fault" in found) throw unauthenticated(found);
  const { keyId, nonce, verify } = found;
  if (keyId === undefined || verify === undefined) return found;

  const attempt = { keyId, source };
  if (await services.lockouts.isLocked(attempt, now)) {
    services.metrics.put({ name: "Locked", value: 1, unit: "Count", dimensions: { of: "key" }, total: true });
    throw unauthenticated({ fault: "locked" });
  }
  const error = verify();
  if (error) {
    await services.lockouts.failed(attempt, now);
    throw unauthenticated(error);
  }
  await services.lockouts.succeeded(attempt, now);
  if (nonce !== undefined && !(await services.nonces.use(keyId, nonce, now)))
    throw unauthenticated({ fault: "nonce-used" });
  return found;
};
