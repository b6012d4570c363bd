import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fileSecrets } from "../../../shared/adapters/secrets-manager/secrets.ts";
import { parseConfig } from "../../../shared/config/document.ts";
import { toSettings } from "../../../shared/config/settings.ts";
import { type Capabilities, chooseContainment, probeCapabilities } from "../containments/containment.ts";
import { exits } from "../options/exit-codes.ts";
import { examine, type Finding } from "./connection.ts";

export const usage = `usage: standdown doctor [--config FILE] [--secrets FILE]

Says what this host can contain, and what each connection of a configuration can see and end. STANDDOWN_CONFIG and
STANDDOWN_SECRETS stand in for the options. Ends with 1 if something would keep a job from being stopped or seen.`;

export const flags = ["config", "secrets"];

const good = (text: string): Finding => ({ isGood: true, text });
const bad = (text: string): Finding => ({ isGood: false, text });

/** Returns the exit code. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const options = readOptions(args, env);
  if (options === undefined) {
    console.error(usage);
    return exits.usage;
  }
  const { config, secrets } = options;
  const sections = [{ title: "this host", findings: describeHost(probeCapabilities()) }];
  if (config !== undefined) {
    const { connections } = toSettings(parseConfig(config, await readFile(config, "utf8")));
    const find = secrets === undefined ? async () => undefined : fileSecrets(secrets).find;
    for (const connection of connections)
      sections.push({ title: `connection ${connection.name}`, findings: await examine(connection, find) });
  }
  for (const { title, findings } of sections) {
    console.log(title);
    for (const { isGood, text } of findings) console.log(`  ${isGood ? "ok" : "!!"}  ${text}`);
  }
  return sections.every(({ findings }) => findings.every(({ isGood }) => isGood)) ? 0 : 1;
};

const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv) => {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({ args: [...args], options: { config: text, secrets: text } });
    return { config: values.config ?? env.STANDDOWN_CONFIG, secrets: values.secrets ?? env.STANDDOWN_SECRETS };
  } catch {
    return undefined;
  }
};

/** Pure, so that a test can have any machine. */
export const describeHost = (capabilities: Capabilities): readonly Finding[] => {
  const { namespace, cgroupRoot } = capabilities;
  const best = chooseContainment(capabilities);
  return [
    good(namespace === undefined ? "no PID namespace can be made" : `PID namespaces, by ${namespace.join(" ")}`),
    good(cgroupRoot === undefined ? "no cgroup can be made" : `cgroups of version 2, below ${cgroupRoot}`),
    best === "none"
      ? bad("standdown run knows a command's process group only: receipts are acknowledged, not observed")
      : good(`standdown run uses ${best}: receipts are observed`),
  ];
};
