import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { chooseContainment } from "../../../packages/cli/containments/containment.ts";
import { startOf } from "../../../packages/cli/containments/processes.ts";
import { describeHost } from "../../../packages/cli/doctor/command.ts";

const [namespace, cgroupRoot] = [["unshare", "--pid"], "/sys/fs/cgroup"];
const nothing = { namespace: undefined, cgroupRoot: undefined };

test.each([
  [{ namespace, cgroupRoot }, undefined, "pid-namespace"],
  [{ namespace, cgroupRoot: undefined }, undefined, "pid-namespace"],
  [{ namespace: undefined, cgroupRoot }, undefined, "cgroup"],
  [nothing, undefined, "none"],
  [{ namespace, cgroupRoot }, "cgroup", "cgroup"],
  [{ namespace, cgroupRoot }, "none", "none"],
  [{ namespace, cgroupRoot: undefined }, "cgroup", undefined],
  [{ namespace: undefined, cgroupRoot }, "pid-namespace", undefined],
] as const)("of %o, where %s is wanted: %s", (capabilities, wanted, chosen) => {
  expect(chooseContainment(capabilities, wanted)).toBe(chosen);
});

test.each([
  [{ namespace, cgroupRoot }, true, "standdown run uses pid-namespace: receipts are observed"],
  [{ namespace: undefined, cgroupRoot }, true, "standdown run uses cgroup: receipts are observed"],
  [nothing, false, "standdown run knows a command's process group only: receipts are acknowledged, not observed"],
])("the doctor says of %o what follows", (capabilities, isGood, text) => {
  expect(describeHost(capabilities).at(-1)).toEqual({ isGood, text });
});

test("a process has one start for its life, and none after", () => {
  expect(startOf(process.pid)).toMatch(/^\d+$/);
  expect(startOf(process.pid)).toBe(startOf(process.pid));
  expect(startOf(spawnSync("true").pid)).toBeUndefined();
});
