import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";

const { values } = parseArgs({
  options: { attempts: { type: "string", default: "1300" }, seed: { type: "string", default: "1" } },
});

const counts = await runCampaign(Number(values.attempts), Number(values.seed));
for (const { name, attempts, fallen } of counts) {
  console.log(`${`${attempts - fallen.length} of ${attempts}`.padStart(12)}  ${name}`);
  for (const what of fallen.slice(0, 3)) console.log(`              fell: ${what.slice(0, 1000)}`);
}
const made = counts.reduce((sum, { attempts }) => sum + attempts, 0);
const fell = counts.reduce((sum, { fallen }) => sum + fallen.length, 0);
console.log(`\n${made - fell} of ${made} attempts withstood (seed ${values.seed})`);
if (fell > 0) process.exitCode = 1;
