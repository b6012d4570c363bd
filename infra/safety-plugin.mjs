import { countedAlarms, dashboard, healthAlarms, tooManyRequestsFilter } from "./alarms.mjs";
import { arnOf, queueId } from "./logical-ids.mjs";

/** A function's deployed name has at most 64 characters, of which the longest of ours takes 43. */
const longestStage = 21;

/**
 * Adds what lets a deployment be watched and undone: alarms on what the functions count and on how they are, a dashboard,
 * queues that take nothing without TLS, a table under a key of one's own, logs that outlive the stack. Says at deployment
 * when nobody is told of alarms, and when there is no configuration.
 */
export default class SafetyPlugin {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.hooks = {
      "before:package:setupProviderConfiguration": () => this.add(),
      "package:compileEvents": () => this.keepLogs(),
      "before:deploy:deploy": () => this.warn(),
    };
  }

  get stage() {
    return this.serverless.getProvider("aws").getStage();
  }

  add() {
    const { service } = this.serverless;
    if (this.stage.length > longestStage)
      throw new Error(`the stage ${this.stage} has more than ${longestStage} characters`);
    const { Resources } = service.resources;
    const prefix = `${service.service}-${this.stage}`;
    const { alarmTopic, cleanupRate, metricsNamespace: namespace, tableKey } = service.custom;
    const { STANDDOWN_TABLE: table } = service.provider.environment;
    const told = { prefix, namespace, table, topic: alarmTopic };
    const functions = Object.entries(service.functions).map(([name, { name: deployed }]) => ({
      ...{ name, deployed, id: this.serverless.getProvider("aws").naming.getNormalizedFunctionName(name) },
    }));
    const queues = Object.values(service.functions)
      .flatMap(({ queue }) => (queue === undefined ? [] : [queue.name]))
      .map((name) => ({ name, id: queueId(name) }));
    const scheduled = functions.filter(
      ({ name }) =>
        name === "reconcile-cancellations" || (name === "cleanup-stale-jobs" && cleanupRate === "rate(1 minute)"),
    );
    Object.assign(Resources, countedAlarms(told), healthAlarms(functions, queues, scheduled, told), {
      TooManyRequestsFilter: tooManyRequestsFilter(namespace),
      Dashboard: dashboard(functions, queues, told),
    });
    if (tableKey)
      Resources.JobsTable.Properties.SSESpecification = { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: tableKey };
    onlyWithTls(Resources);
  }

  /** Who did what, and when: that is needed most after something was removed. */
  keepLogs() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    for (const resource of Object.values(Resources))
      if (resource.Type === "AWS::Logs::LogGroup")
        Object.assign(resource, { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  }

  async warn() {
    const { custom, provider } = this.serverless.service;
    if (typeof custom.alarmTopic !== "string")
      this.log.warning(
        `Nobody is told of the alarms of the stage ${this.stage}: STANDDOWN_ALARM_TOPIC names no topic.`,
      );
    const source = provider.environment.STANDDOWN_CONFIG;
    if (typeof source === "string") return;
    const SecretId = `standdown/${this.stage}/config`;
    try {
      await this.serverless.getProvider("aws").request("SecretsManager", "describeSecret", { SecretId });
    } catch (error) {
      if (
        !/ResourceNotFound/.test(`${error.providerErrorCodeExtension} ${error.message}`) &&
        !/can't find/.test(error.message)
      )
        throw error;
      this.log.warning(
        `There is no secret ${SecretId}: until it has the configuration, every request is answered with 500.`,
      );
    }
  }
}

/** Adds to each queue's policy that nobody comes without TLS. */
const onlyWithTls = (resources) => {
  const policies = new Map(
    Object.values(resources)
      .filter(({ Type }) => Type === "AWS::SQS::QueuePolicy")
      .map((resource) => [resource.Properties.Queues[0].Ref, resource.Properties.PolicyDocument]),
  );
  for (const id of Object.keys(resources).filter((each) => resources[each].Type === "AWS::SQS::Queue")) {
    const statement = {
      ...{ Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: arnOf(id) },
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const document = policies.get(id);
    if (document) document.Statement.push(statement);
    else
      resources[`${id}Policy`] = {
        Type: "AWS::SQS::QueuePolicy",
        Properties: { Queues: [{ Ref: id }], PolicyDocument: { Version: "2012-10-17", Statement: [statement] } },
      };
  }
};
