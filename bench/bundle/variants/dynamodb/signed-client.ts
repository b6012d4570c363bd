import http from "node:http";
import https from "node:https";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";
import type { claim, Job } from "./claim.ts";
import { Sha256 } from "./sha256.ts";

const {
  AWS_REGION: region = "",
  AWS_ACCESS_KEY_ID: accessKeyId = "",
  AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
} = process.env;
const endpoint = new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${region}.amazonaws.com`);
const transport = endpoint.protocol === "https:" ? https : http;
const agent = new transport.Agent({ keepAlive: true });
const signer = new SignatureV4({
  service: "dynamodb",
  region,
  credentials: { accessKeyId, secretAccessKey },
  sha256: Sha256,
});

/** The job after the write, or the one that refused it. */
export interface Written {
  readonly claimed: boolean;
  readonly job: Job | undefined;
}

export async function updateItem({ Key, ExpressionAttributeValues, ...input }: ReturnType<typeof claim>) {
  const body = JSON.stringify({
    ...input,
    Key: marshall(Key),
    ExpressionAttributeValues: marshall(ExpressionAttributeValues),
  });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    path: "/",
    headers: {
      host: endpoint.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.UpdateItem",
    },
    body,
  });
  return send(headers, body);
}

function send(headers: Record<string, string>, body: string) {
  const { hostname, port } = endpoint;
  return new Promise<Written>((resolve, reject) => {
    const options = { hostname, port, path: "/", method: "POST", headers, agent, timeout: 2000 };
    const request = transport.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve(written(response.statusCode, JSON.parse(Buffer.concat(chunks).toString())));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error("DynamoDB did not answer in time.")));
    request.end(body);
  });
}

type Item = Parameters<typeof unmarshall>[0];

interface Reply {
  __type?: string;
  Attributes?: Item;
  Item?: Item;
}

function written(statusCode: number | undefined, { __type, Attributes, Item }: Reply): Written {
  if (statusCode === 200) return { claimed: true, job: Attributes && unmarshall(Attributes) };
  if (__type?.endsWith("#ConditionalCheckFailedException")) return { claimed: false, job: Item && unmarshall(Item) };
  throw new Error(`DynamoDB answered ${statusCode} ${__type}.`);
}
