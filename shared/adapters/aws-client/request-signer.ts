import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { AwsSettings } from "./endpoint.ts";

export type Headers = Readonly<Record<string, string>>;

/** Signs the `POST /` of a JSON service, and returns its headers, the signature among them. */
export type RequestSigner = (body: string, headers: Headers, now: number) => Headers;

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Signs by AWS Signature Version 4, whose steps stand in the IAM User Guide, "Create a signed AWS API request". Names of
 * headers must be in lower case. The key of a day is kept: four of the five HMACs of a signature are for it.
 */
export const requestSigner = (service: string, { region, credentials }: AwsSettings): RequestSigner => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  let ofDay: { readonly day: string; readonly key: KeyObject } | undefined;
  const keyOf = (day: string): KeyObject => {
    if (ofDay?.day !== day) {
      const derived = [day, region, service, "aws4_request"].reduce<string | Buffer>(
        (key, part) => createHmac("sha256", key).update(part).digest(),
        `AWS4${secretAccessKey}`,
      );
      // A key object makes an HMAC five times as fast as a buffer for a key.
      ofDay = { day, key: createSecretKey(derived as Buffer) };
    }
    return ofDay.key;
  };

  return (body, headers, now) => {
    const time = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
    const day = time.slice(0, 8);
    const toSign = {
      ...headers,
      "x-amz-date": time,
      ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
    } as Headers;
    const names = Object.keys(toSign).sort();
    const lines = names.map((name) => `${name}:${toSign[name]}\n`).join("");
    const signed = names.join(";");
    const request = sha256(`POST\n/\n\n${lines}\n${signed}\n${sha256(body)}`);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signature = createHmac("sha256", keyOf(day))
      .update(`${algorithm}\n${time}\n${scope}\n${request}`)
      .digest("hex");
    const authorization = `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return { ...toSign, authorization };
  };
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
