import { parseArgs } from "node:util";
import { type Figure, figure, paired, ratio } from "../bundle/statistics.ts";
import { batchSize, drain, throughClaimsOnly, throughHandler, throughWritesOnly } from "./loops.ts";
import { prepare } from "./prepare.ts";
import { startServers } from "./servers.ts";
import { servicesOn } from "./services.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const warmUps = 3;
const messagesPerRound = 500;

/** What the handler adds to its conditional write may cost that much of the rate. */
const aim = 0.6;

await using servers = await startServers();
const { callSqs, queues } = servers;
let accepted = 0;
const countAccepted = (line: string) => {
  if (line.includes('"outcome":"accepted"')) accepted++;
};
const services = servicesOn(servers, countAccepted);
const settleThroughHandler = throughHandler(services);

/** Every loop has a queue of its own with as many messages and jobs as the others. */
const loops = {
  handler: async () => {
    await prepare(servers, queues.queue, messagesPerRound);
    return drain(callSqs, queues.queue, messagesPerRound, settleThroughHandler);
  },
  claim: async () => {
    const keys = await prepare(servers, queues.floor, messagesPerRound);
    return drain(callSqs, queues.floor, messagesPerRound, throughClaimsOnly(services, keys));
  },
  write: async () => {
    const keys = await prepare(servers, queues.floor, messagesPerRound);
    return drain(callSqs, queues.floor, messagesPerRound, throughWritesOnly(servers, keys));
  },
};

type Loop = keyof typeof loops;
const rates: Record<Loop, number[]> = { handler: [], claim: [], write: [] };
const order: readonly Loop[] = ["handler", "claim", "write"];
for (let round = -warmUps; round < rounds; round++) {
  for (const name of round % 2 === 0 ? order : order.toReversed()) {
    const rate = await loops[name]();
    if (round >= 0) rates[name].push(rate);
  }
}
const expected = (rounds + warmUps) * messagesPerRound;
if (accepted !== expected) throw new Error(`${accepted} of ${expected} cancels were accepted`);

const spread = ({ median, min, max }: Figure, format: (value: number) => string): string =>
  `${format(median)} (${format(min)}..${format(max)})`;
const perSecond = (value: number): string => Math.round(value).toLocaleString("en");
const percent = (value: number): string => `${Math.round(value * 100)} %`;

const results = {
  handler: figure(rates.handler),
  claim: figure(rates.claim),
  write: figure(rates.write),
  ofClaim: paired(rates.handler, rates.claim, ratio),
  ofWrite: paired(rates.handler, rates.write, ratio),
};
console.log(
  values.json
    ? JSON.stringify({ rounds, messagesPerRound, ...results }, undefined, 2)
    : [
        `Median (min..max) of ${rounds} rounds of ${messagesPerRound} messages in batches of ${batchSize}, in turn. Ratios are taken within a round.`,
        [
          `through the handler        ${spread(results.handler, perSecond)} messages/s`,
          `the conditional write only ${spread(results.claim, perSecond)} messages/s`,
          `the barest write           ${spread(results.write, perSecond)} messages/s`,
          `handler : floor            ${spread(results.ofClaim, percent)}, >= ${percent(aim)} ${results.ofClaim.median >= aim ? "met" : "NOT MET"}`,
          `handler : barest write     ${spread(results.ofWrite, percent)}`,
        ].join("\n"),
        "All receive, settle and delete by the same calls; every cancel was accepted. DynamoDB and SQS are the embedded\n" +
          "servers, each in a process of its own. The floor is the write that every cancel is: it makes the receipt and moves\n" +
          "the job in the due index. The barest write sets the state alone.",
      ].join("\n\n"),
);
