import { childFaults } from "./children.ts";
import type { Fault } from "./fault.ts";
import { mannerFaults } from "./manners.ts";
import { networkFaults } from "./network.ts";
import { outageFaults } from "./outages.ts";
import { requestFaults } from "./requests.ts";
import { signalFaults } from "./signals.ts";
import { timingFaults } from "./timing.ts";

/** Everything that a campaign can do to a job. */
export const faults: readonly Fault[] = [
  ...timingFaults,
  ...childFaults,
  ...signalFaults,
  ...mannerFaults,
  ...networkFaults,
  ...requestFaults,
  ...outageFaults,
];

export const findFault = (name: string): Fault => {
  const found = faults.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`there is no fault ${name}; there are ${faults.map((each) => each.name).join(", ")}`);
  return found;
};
