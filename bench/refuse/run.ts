import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createCredentialStore } from "../../shared/auth/credential-store.ts";
import { inProcessBundle } from "../../test/support/stack/bundle.ts";
import { startJobsTable } from "../../test/support/stack/jobs-table.ts";
import { figure, paired, ratio } from "../bundle/statistics.ts";
import { type HostileRequest, hostileRequests, knownKey, wellFormed } from "./hostile.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "200" },
    rounds: { type: "string", default: "15" },
    seed: { type: "string", default: "13" },
  },
});
const rounds = Number(values.rounds);
const warmUps = 3;
/** What a refusal may cost beside a well-formed one of the same API. */
const aim = 3;

const table = await startJobsTable();
const credentials = createCredentialStore({ principals: [{ name: "sdk", accessKeys: [knownKey], policies: [] }] });
const bundle = inProcessBundle(table, undefined, { credentials: async () => credentials });

setFlagsFromString("--expose-gc");
const collect: NodeJS.GCFunction = runInNewContext("gc");

let address = 0;
/** From an address of its own each, or the first ones would lock the key. */
const timed = async ({
  method,
  url,
  sent,
}: HostileRequest): Promise<{ readonly ms: number; readonly bytes: number; readonly status: number }> => {
  const start = bundle.prepare(method, url, { ...sent, source: `10.0.${(address >> 8) & 255}.${address++ & 255}` });
  // What the bench made itself, such as a body of 1 MB, is not to be collected while the function runs.
  collect({ type: "minor" });
  const began = performance.now();
  const { statusCode = 0, body = "" } = await start();
  const ms = performance.now() - began;
  if (statusCode < 400 || statusCode >= 500) throw new Error(`${method} ${url.slice(0, 80)} answered ${statusCode}`);
  return { ms, bytes: Buffer.byteLength(body), status: statusCode };
};

try {
  const requests = fc.sample(hostileRequests, { numRuns: Number(values.requests), seed: Number(values.seed) });
  const measured = [];
  for (const request of requests) {
    const [hostile, beside]: [number[], number[]] = [[], []];
    let answer = { bytes: 0, status: 0 };
    for (let round = -warmUps; round < rounds; round++) {
      const pair = round % 2 === 0 ? [request, wellFormed(request)] : [wellFormed(request), request];
      for (const each of pair) {
        const { ms, ...told } = await timed(each);
        if (each === request) answer = told;
        if (round >= 0) (each === request ? hostile : beside).push(ms);
      }
    }
    measured.push({ request, answer, times: paired(hostile, beside, ratio).median, ms: figure(hostile).median });
  }
  measured.sort((a, b) => b.times - a.times);
  console.log(
    `${measured.length} hostile requests of up to 1 MB (seed ${values.seed}), each beside a well-formed one that is refused,`,
  );
  console.log(
    `in turns, ${rounds} rounds. Times of the function alone, from its event to its answer. The ten worst:\n`,
  );
  for (const { request, answer, times, ms } of measured.slice(0, 10)) {
    const size = Buffer.byteLength(request.sent.body ?? "") + request.url.length;
    console.log(
      `  x ${times.toFixed(2).padStart(5)}  ${ms.toFixed(2).padStart(6)} ms  ${answer.status}  answer ${String(answer.bytes).padStart(5)} bytes  ${request.what}, ${size} bytes`,
    );
  }
  const worst = measured[0]?.times ?? Number.NaN;
  const longest = Math.max(...measured.map(({ answer }) => answer.bytes));
  console.log(
    `\nworst x ${worst.toFixed(2)}, median x ${figure(measured.map(({ times }) => times)).median.toFixed(2)}, longest answer ${longest} bytes`,
  );
  console.log(`at most ${aim} x: ${worst <= aim ? "met" : "NOT MET"}`);
  if (!(worst <= aim)) process.exitCode = 1;
} finally {
  await table.stop();
}
