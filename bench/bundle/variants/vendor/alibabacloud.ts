import openApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** CancelCreateIndexJob by the vendor's SDK core, as the SDK's documentation calls an API. */
const cancelCreateIndexJob = new Params({
  action: "CancelCreateIndexJob",
  version: "2016-05-03",
  protocol: "HTTPS",
  pathname: "/",
  method: "POST",
  authType: "AK",
  style: "RPC",
  reqBodyType: "formData",
  bodyType: "json",
});

let client: InstanceType<typeof openApi.default> | undefined;

// Made at the first request, which favours the SDK: its construction is no part of the import.
const connect = () =>
  new openApi.default(
    new Config({
      accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
      accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
      endpoint: process.env.VENDOR_HOST,
      protocol: process.env.VENDOR_PROTOCOL,
    }),
  );

export async function handler({ queryStringParameters }: APIGatewayProxyEventV2) {
  client ??= connect();
  const request = new OpenApiRequest({ query: queryStringParameters });
  try {
    const { statusCode, body } = await client.callApi(cancelCreateIndexJob, request, new RuntimeOptions({}));
    return { statusCode, body: JSON.stringify(body) };
  } catch (error) {
    const { code, message, statusCode = 502 } = error as { code: string; message: string; statusCode?: number };
    return { statusCode, body: JSON.stringify({ Code: code, Message: message }) };
  }
}
