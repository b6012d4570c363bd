import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { ApiProbe } from "../../ports/api-probe.ts";

const timeoutMs = 5_000;

/** Asks the API by the address that workers use. Without a token the function that takes heartbeats answers 401. Without an address the API is taken to be up. */
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
