import { createHash, createHmac } from "node:crypto";
import type { Key } from "./sdk-keys.ts";

/** Where the clients say they are. The Go SDK leaves both empty, the TypeScript one names them. */
export interface Place {
  readonly region: string;
  readonly service: string;
}

const algorithm = "SDK-HMAC-SHA256";
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * A request as the SDKs of Open Telekom Cloud sign it. None of them is on npm: these are the rules that were observed of
 * the Go SDK. It has no content type, and the project is not signed.
 */
export const sendAsOtc = async (
  endpoint: string,
  { method, path, project }: { readonly method: string; readonly path: string; readonly project: string },
  { id, secret }: Key,
  { region, service }: Place,
) => {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [date.slice(0, 8), region, service, "sdk_request"];
  const signed = {
    accept: "application/json",
    host: new URL(endpoint).host,
    "user-agent": "golangsdk/2.0.0",
    "x-sdk-date": date,
  };
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const names = Object.keys(signed).join(";");
  const canonical = [method, `${path}/`, "", lines.join(""), names, sha256("")].join("\n");
  const text = [algorithm, date, scope.join("/"), sha256(canonical)].join("\n");
  const signature = hmac(
    scope.reduce<string | Buffer>((key, part) => hmac(key, part), `SDK${secret}`),
    text,
  );

  const { host, ...headers } = signed;
  const credential = [id, ...scope].join("/");
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: {
      ...headers,
      "x-project-id": project,
      authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature.toString("hex")}`,
    },
  });
  const content = await response.text();
  return { status: response.status, body: content === "" ? undefined : JSON.parse(content) };
};
