import { unmatchedId, unmatchedRequests, wayFromBus } from "./bus-resources.mjs";
import { arnOf, deadLettersId, queueId } from "./logical-ids.mjs";
import { queueResources } from "./queue-resources.mjs";

/**
 * Makes the queue that a function.yml names, its dead-letter queue and what belongs to them, and gives the function the
 * messages and the URLs.
 *
 *   queue:
 *     name: cancel-sql-job
 *     fromBus: true         # takes the requests for the operation of this name from the event bus, and may dead-letter them
 *     keepsUnmatched: true  # takes what no operation takes from the event bus, and keeps it redacted
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
            keepsUnmatched: { type: "boolean" },
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
    const { alarmTopic, cancelTopic } = service.custom;
    const prefix = `${service.service}-${this.serverless.getProvider("aws").getStage()}`;
    const add = (resources) => Object.assign(service.resources.Resources, resources);
    const definitions = Object.values(service.functions).filter(({ queue }) => queue !== undefined);
    for (const definition of definitions) {
      const { queue, timeout = service.provider.timeout } = definition;
      add(queueResources(queue, { prefix, functionTimeout: timeout, alarmTopic }));
      if (queue.fromBus) add(wayFromBus(queue.name, cancelTopic));
      connect(definition, queue);
    }
    const names = definitions.filter(({ queue }) => queue.fromBus).map(({ queue }) => queue.name);
    const keeper = definitions.find(({ queue }) => queue.keepsUnmatched);
    add(unmatchedRequests(names, keeper.queue.name, { prefix, alarmTopic }));
  }
}

const connect = (definition, { name, keepsUnmatched, batchSize = 10 }) => {
  definition.environment = {
    ...definition.environment,
    STANDDOWN_QUEUE_URL: { Ref: queueId(name) },
    STANDDOWN_DEAD_LETTER_QUEUE_URL: { Ref: keepsUnmatched ? unmatchedId : deadLettersId(name) },
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
