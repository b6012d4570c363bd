import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

let client: HcClient | undefined;

/** The vendor's service clients are built in this way. At the first request, which favours the SDK. */
const connect = () =>
  new ClientBuilder((core) => core)
    .withCredential(
      new BasicCredentials()
        .withAk(process.env.HUAWEICLOUD_SDK_AK)
        .withSk(process.env.HUAWEICLOUD_SDK_SK)
        .withProjectId(process.env.HUAWEICLOUD_SDK_PROJECT_ID),
    )
    .withEndpoint(`${process.env.VENDOR_PROTOCOL}://${process.env.VENDOR_HOST}`)
    .build();

/** Cancels a DLI SQL job by the vendor's SDK core; the core fills in the project of the credentials. */
export async function handler({ pathParameters }: APIGatewayProxyEventV2) {
  client ??= connect();
  try {
    const { httpStatusCode, ...body } = await client.sendRequest<SdkResponse>({
      method: "DELETE",
      url: "/v1.0/{project_id}/jobs/{job_id}",
      contentType: "application/json",
      queryParams: {},
      pathParams: { job_id: pathParameters?.job_id },
      headers: {},
    });
    return { statusCode: httpStatusCode ?? 200, body: JSON.stringify(body) };
  } catch (error) {
    const {
      errorCode,
      errorMsg,
      httpStatusCode = 502,
    } = error as Record<"errorCode" | "errorMsg", string> & {
      httpStatusCode?: number;
    };
    return { statusCode: httpStatusCode, body: JSON.stringify({ error_code: errorCode, error_msg: errorMsg }) };
  }
}
