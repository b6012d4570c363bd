import { arnOf, deadLettersId, queueId } from "./logical-ids.mjs";
import { queueResources } from "./queue-resources.mjs";

/**
 * Makes the queue that a function.yml names, its dead-letter queue and what belongs to them, and gives the function the
 * messages and the URLs.
 *
 *   queue:
 *     name: cancel-sql-job
 *     fromBus: true         # takes the requests for the operation of this name from the event bus, and may park them
 *     batchSize: 10
 */
export default class QueuesPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      type: "object",
      properties: {
        queue: {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: {
            name: { type: "string", pattern: "^[a-z][a-z-]*[a-z]$" },
            fromBus: { type: "boolean" },
            // More than ten at once would have to be waited for.
            batchSize: { type: "integer", minimum: 1, maximum: 10 },
          },
        },
      },
    });
    this.hooks = { "before:package:setupProviderConfiguration": () => this.addQueues() };
  }

  addQueues() {
    const { service } = this.serverless;
    const stage = this.serverless.getProvider("aws").getStage();
    for (const definition of Object.values(service.functions)) {
      const { queue, timeout = service.provider.timeout } = definition;
      if (queue === undefined) continue;
      const resources = queueResources(queue, {
        prefix: `${service.service}-${stage}`,
        functionTimeout: timeout,
        alarmTopic: service.custom.alarmTopic,
      });
      Object.assign(service.resources.Resources, resources);
      connect(definition, queue);
    }
  }
}

const connect = (definition, { name, batchSize = 10 }) => {
  definition.environment = {
    ...definition.environment,
    QUEUE_URL: { Ref: queueId(name) },
    DEAD_LETTER_QUEUE_URL: { Ref: deadLettersId(name) },
  };
  const source = {
    arn: arnOf(queueId(name)),
    batchSize,
    functionResponseType: "ReportBatchItemFailures",
    // A full queue must not use up the concurrency of the account, which the HTTP functions need as well.
    maximumConcurrency: 10,
  };
  definition.events = [...definition.events, { sqs: source }];
};
