import { readdirSync, readFileSync } from "node:fs";
import { authentication } from "../../../functions/analyticdb/authentication.ts";
import { createCredentialStore } from "../../../shared/auth/credential-store.ts";
import type { SignableRequest } from "../../../shared/auth/signable-request.ts";
import { parseConfig } from "../../../shared/config/document.ts";
import { readParameters } from "../../../shared/entrypoints/parameters.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";

/** A request as a published SDK sent it, with the test credentials that it was given. */
export interface Capture {
  readonly name: string;
  readonly auth: string;
  readonly credentials: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly requests: readonly [
    {
      readonly receivedAt: string;
      readonly method: string;
      readonly url: string;
      readonly rawHeaders: readonly string[];
      readonly bodyUtf8: string;
    },
  ];
}

const directory = new URL("../../wire/captured/", import.meta.url);

export const captures: readonly Capture[] = readdirSync(directory)
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, directory), "utf8")));

export const signedCaptures = captures.filter(({ credentials }) => credentials.accessKeyId ?? credentials.ak);

export const isAlibaba = ({ name }: Capture): boolean => name.startsWith("alibaba");

export const schemesFor = (capture: Capture) => (isAlibaba(capture) ? authentication : huaweiAuthentication);

export const headersOf = ({ requests: [{ rawHeaders }] }: Capture): Record<string, string> =>
  Object.fromEntries(
    rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ""]] : [])),
  );

/** The captured request as the schemes get to see it. */
export const presentedBy = (capture: Capture): SignableRequest => {
  const [{ method, url, bodyUtf8 }] = capture.requests;
  const [path = "", query = ""] = url.split("?");
  return {
    method,
    path: decodeURIComponent(path),
    headers: headersOf(capture),
    query: readParameters(query),
    parameters: isAlibaba(capture) ? readParameters(query, bodyUtf8) : {},
    body: Buffer.from(bodyUtf8),
    source: "192.0.2.1",
  };
};

/** A configuration in which one principal holds the credentials of a capture. */
export const configFor = ({
  credentials: { accessKeyId, ak, accessKeySecret, sk, securityToken, token, bearerToken },
}: Capture) => {
  const id = accessKeyId ?? ak;
  const secret = accessKeySecret ?? sk;
  const value = token ?? bearerToken;
  return parseConfig(
    "the capture",
    JSON.stringify({
      principals: [
        {
          name: "sdk",
          accessKeys: id ? [{ id, secret, securityToken }] : [],
          tokens: [...(value ? [{ value }] : []), { value: "ops-token" }],
          policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }],
        },
      ],
    }),
  );
};

export const directoryFor = (capture: Capture) => createCredentialStore(configFor(capture));
