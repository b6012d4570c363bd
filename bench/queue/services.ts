import { jsonLog } from "../../shared/adapters/cloudwatch/json-log.ts";
import { createCredentialStore } from "../../shared/auth/credential-store.ts";
import { noDeadline } from "../../shared/concurrency/deadline.ts";
import { toSettings } from "../../shared/config/settings.ts";
import { createServices } from "../../shared/container.ts";
import type { Services } from "../../shared/ports/services.ts";
import { localAws } from "../../test/support/stack/jobs-table.ts";
import type { Servers } from "./servers.ts";

const config = {
  principals: [
    {
      name: "queue",
      triggers: ["queue" as const],
      policies: [{ effect: "allow" as const, actions: ["*"], resources: ["*"] }],
    },
  ],
};

/** The services as they are deployed; the lines of the log are made as ever, and given to `write`. */
export const servicesOn = ({ table, sqsEndpoint, queues }: Servers, write: (line: string) => void) => {
  const { endpoints, ...aws } = localAws(table.endpoint);
  const { queue, deadLetters, reconcileQueue } = queues;
  const services: Services = createServices({
    table: table.table,
    config: "unused",
    reconcileQueue,
    eventBus: "unused",
    metricsNamespace: "unused",
    queue: { queue, deadLetters },
    aws: { ...aws, endpoints: { ...endpoints, sqs: sqsEndpoint } },
  })(noDeadline);
  const [credentials, settings] = [createCredentialStore(config), toSettings(config)];
  return {
    ...services,
    log: jsonLog(write, services.clock.now),
    credentials: async () => credentials,
    settings: async () => settings,
  };
};
