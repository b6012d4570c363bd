import type { Runner } from "./runner.ts";
import type { SampleCommand } from "./samples/start.ts";

/** Wide enough for the names of the endpoints, which stand above those of the queues. */
const minNameWidth = 17;

/** Writes the lines that tell a person where everything is. */
export const describeAddresses = ({ http, lambda, dynamodb, events, sqs }: Omit<Runner, "stop">): readonly string[] => {
  const queues = Object.entries(sqs?.queues ?? {});
  const width = Math.max(minNameWidth, ...queues.map(([name]) => name.length));
  return [
    `standdown listening on ${http}`,
    `lambda invoke endpoint  ${lambda}`,
    `dynamodb endpoint       ${dynamodb.endpoint} (table ${dynamodb.table})`,
    ...(events ? [`eventbridge endpoint    ${events.endpoint} (bus ${events.bus})`] : []),
    ...(sqs ? [`sqs endpoint            ${sqs.endpoint}`] : []),
    ...queues.map(([name, { url }]) => `queue ${name.padEnd(width)} ${url}`),
  ];
};

/** Writes a pair of commands to paste for each sample job. */
export const describeCommands = (
  commands: readonly SampleCommand[],
  { http, token }: { http: string; token: string | undefined },
): readonly string[] =>
  commands.length === 0
    ? []
    : [
        "\nPaste the first command of a pair to cancel a running job, the second to see its receipt:",
        ...commands.map(
          ({ operation, command, uid }) =>
            `\n# ${operation}\n${command}\ncurl -H 'Authorization: Bearer ${token}' '${http}/jobs/${uid}/receipt'`,
        ),
      ];
