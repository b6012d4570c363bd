import { identify, type Scheme, unauthenticated } from "../auth/authenticate.ts";
import type { Identified } from "../auth/signature.ts";
import type { Services } from "../ports/services.ts";
import type { HttpRequest } from "./http-request.ts";
import { readParameters } from "./parameters.ts";

/** Finds who sends a request. A key that failed too often at this address is refused unseen, and a nonce is good once. */
export const authenticateRequest = async (
  schemes: readonly Scheme[],
  request: HttpRequest,
  parameters: Readonly<Record<string, string>>,
  services: Pick<Services, "credentials" | "clock" | "lockouts" | "nonces">,
): Promise<Identified> => {
  const { method, path, headers, source } = request;
  const presented = {
    method,
    path,
    headers,
    source,
    parameters,
    query: readParameters(request.query),
    body: request.body(),
  };
  const now = services.clock.now();
  const found = identify(schemes, presented, { credentials: await services.credentials(), now, trigger: "http" });

  const attempt = "keyId" in found && found.keyId !== undefined ? { keyId: found.keyId, source } : undefined;
  if (attempt && (await services.lockouts.isLocked(attempt, now))) throw unauthenticated({ fault: "locked" });
  if ("fault" in found) {
    if (attempt) await services.lockouts.failed(attempt, now);
    throw unauthenticated(found);
  }
  if (attempt) await services.lockouts.succeeded(attempt, now);
  if (attempt && found.nonce !== undefined && !(await services.nonces.use(attempt.keyId, found.nonce, now)))
    throw unauthenticated({ fault: "nonce-used" });

  return found;
};
