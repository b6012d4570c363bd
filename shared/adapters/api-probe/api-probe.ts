import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { ApiProbe } from "../../ports/api-probe.ts";

/** As long as a worker's request would be waited for at most. */
const timeoutMs = 5_000;

/**
 * Asks the API itself, by the address that workers use. Without a token it answers 401, which only the function that takes
 * their heartbeats does: the way to it is open. Without an address nobody can know, and the API is taken to be up.
 */
export const apiProbe = (url: string | undefined): ApiProbe => ({
  isUp: async () => url === undefined || (await statusOf(`${url}/jobs`)) === 401,
});

const statusOf = (url: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const request = url.startsWith("https:") ? requestHttps : requestHttp;
    const asked = request(url, { signal: AbortSignal.timeout(timeoutMs), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
