/** Where and as whom to call AWS; read from the environment in shared/config/environment.ts. */
export interface AwsSettings {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Endpoints that stand in for AWS's own, by service name. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** How long one attempt may take: less than a second unless given. */
  readonly attemptMs?: number;
}

export const toEndpoint = (service: string, { region, endpoints }: AwsSettings): URL => {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(endpoints[service] ?? `https://${service}.${region}.${suffix}`);
};
