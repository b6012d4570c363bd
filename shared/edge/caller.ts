import { authenticate, type Scheme } from "../auth/authenticate.ts";
import type { Principal } from "../auth/principal.ts";
import type { Noted } from "../observability/log-requests.ts";
import type { Services } from "../services.ts";
import type { HttpRequest } from "./request.ts";

/** Who sends this request, by one of the schemes of its API. `parameters` may carry credentials beside the headers. */
export const callerOf = async (
  schemes: readonly Scheme[],
  { header }: HttpRequest,
  { directory, clock }: Pick<Services, "directory" | "clock">,
  noted: Noted,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Principal> => {
  const presented = { header, parameter: (name: string) => parameters[name] };
  const principal = authenticate(schemes, presented, {
    directory: await directory(),
    now: clock.now(),
    trigger: "http",
  });
  noted.principal = principal;
  return principal;
};
